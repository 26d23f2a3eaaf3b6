import { Injectable } from '@nestjs/common';
import type { NewService, NewServiceEntry } from '../../contracts/new-service.ts';
import { NewServiceRepository } from '../../store/files/new-service.repository.ts';

/** Finds and adds entries about products. */
@Injectable()
export class NewServiceService {
  constructor(private readonly repository: NewServiceRepository) {}

  async find(productId: string): Promise<NewService> {
    return { items: await this.repository.find(productId) };
  }

  add(productId: string, entry: NewServiceEntry): Promise<void> {
    return this.repository.add(productId, entry);
  }
}
