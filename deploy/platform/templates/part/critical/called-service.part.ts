import { Injectable } from '@nestjs/common';
import type { CalledService } from '../../contracts/called-service.ts';
import type { LoadedPart, PagePart } from '../../../../../apps/gateway/src/products/page-part.ts';
import { CalledServiceClient } from '../../upstream/list/called-service.client.ts';

/** Shows the entries of called service. A page without them is useless. */
@Injectable()
export class CalledServicePart implements PagePart<'calledService', CalledService> {
  readonly feature = 'calledService';

  constructor(private readonly calledService: CalledServiceClient) {}

  /** @throws Problem of called service */
  async load(productId: string): Promise<LoadedPart<CalledService>> {
    return { body: await this.calledService.find(productId), degraded: [] };
  }
}
