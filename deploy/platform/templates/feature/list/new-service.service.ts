import { Injectable } from '@nestjs/common';
import type { NewService } from '../../contracts/new-service.ts';
import { CalledServiceClient } from '../../upstream/list/called-service.client.ts';

/** Finds entries about products. */
@Injectable()
export class NewServiceService {
  constructor(private readonly calledService: CalledServiceClient) {}

  /** Replace the entry by your data. @throws Problem `not-found` for an unknown product */
  async find(productId: string): Promise<NewService> {
    const { items } = await this.calledService.find(productId);
    return { items: [{ title: 'Called service', text: `${items.length} entries` }] };
  }
}
