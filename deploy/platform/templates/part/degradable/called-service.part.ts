import { Injectable } from '@nestjs/common';
import type { CalledServiceEntry } from '../../contracts/called-service.ts';
import { firstAvailable, startDegradedSeries, toDegradations } from '@film-store/degradation';
import { type ListBody, toListBody } from '../../../../../apps/gateway/src/api/to-list-body.ts';
import type { LoadedPart, PagePart } from '../../../../../apps/gateway/src/products/page-part.ts';
import { CalledServiceClient } from '../../upstream/list/called-service.client.ts';

type SourceName = 'fresh' | 'none';
type Body = ListBody<CalledServiceEntry, SourceName>;

const NO_ENTRIES: { readonly name: 'none'; readonly value: CalledServiceEntry[] } = {
  name: 'none',
  value: [],
};

/** Shows the entries of called service. Without that service the page has none, and is marked as degraded. */
@Injectable()
export class CalledServicePart implements PagePart<'calledService', Body> {
  readonly feature = 'calledService';

  constructor(private readonly calledService: CalledServiceClient) {
    startDegradedSeries(this.feature, ['none']);
  }

  async load(productId: string): Promise<LoadedPart<Body>> {
    const entries = await firstAvailable<CalledServiceEntry[], SourceName>(
      [
        {
          name: 'fresh',
          read: async () => ({ value: (await this.calledService.find(productId)).items }),
        },
      ],
      NO_ENTRIES,
    );
    return { body: toListBody(entries), degraded: toDegradations(this.feature, entries) };
  }
}
