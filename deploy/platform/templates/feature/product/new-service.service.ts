import { Injectable } from '@nestjs/common';
import type { NewService } from '../../contracts/new-service.ts';
import { CalledServiceClient } from '../../upstream/product/called-service.client.ts';

/** Finds entries about products. */
@Injectable()
export class NewServiceService {
  constructor(private readonly calledService: CalledServiceClient) {}

  /** Replace the entry by your data. @throws Problem `not-found` for an unknown product */
  async find(productId: string): Promise<NewService> {
    const { product } = await this.calledService.find(productId);
    const text = [product.genre, product.director].filter((property) => property !== null).join(', ');
    return { items: [{ title: product.title, text }] };
  }
}
