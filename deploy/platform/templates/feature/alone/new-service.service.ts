import { Injectable } from '@nestjs/common';
import type { NewService, NewServiceEntry } from '../../contracts/new-service.ts';

/** Replace these entries by your data. */
const ENTRIES: ReadonlyMap<string, NewServiceEntry[]> = new Map([
  ['the-dark-knight-2008', [{ title: 'New service', text: 'The first entry of the new service.' }]],
]);

/** Finds entries about products. */
@Injectable()
export class NewServiceService {
  async find(productId: string): Promise<NewService> {
    return { items: ENTRIES.get(productId) ?? [] };
  }
}
