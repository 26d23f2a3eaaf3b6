import { Injectable } from '@nestjs/common';
// #region call
import { Problem } from '@film-store/problem';
// #endregion call
import type { NewService, NewServiceEntry } from '../../contracts/new-service.ts';
import { NewServiceRepository } from '../../store/files/new-service.repository.ts';
// #region call
import { CalledServiceClient } from '../../upstream/list/called-service.client.ts';
// #endregion call

/** Finds and adds entries about products. */
@Injectable()
export class NewServiceService {
  constructor(
    private readonly repository: NewServiceRepository,
    // #region call
    private readonly calledService: CalledServiceClient,
    // #endregion call
  ) {}

  async find(productId: string): Promise<NewService> {
    return { items: await this.repository.find(productId) };
  }

  // #region call
  /** Adds an entry, unless called service does not know the product. @throws Problem `not-found` */
  // #endregion call
  async add(productId: string, entry: NewServiceEntry): Promise<void> {
    // #region call
    try {
      await this.calledService.find(productId);
    } catch (error) {
      // While called service fails, an entry about an unknown product costs less than a lost entry.
      if (!(error instanceof Problem) || error.status < 500) throw error;
    }
    // #endregion call
    await this.repository.add(productId, entry);
  }
}
