import type { MethodDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

export interface SyncFlagsResponse {
  /** All flag definitions, as flagd's file has them. */
  readonly flagConfiguration: string;
}

/** The call of flagd's `flagd.sync.v1.FlagSyncService` that a client follows, as far as it is used here. */
const definitions = fromJSON({
  nested: {
    flagd: {
      nested: {
        sync: {
          nested: {
            v1: {
              nested: {
                SyncFlagsRequest: { fields: {} },
                SyncFlagsResponse: { fields: { flagConfiguration: { type: 'string', id: 1 } } },
                FlagSyncService: {
                  methods: {
                    SyncFlags: {
                      requestType: 'SyncFlagsRequest',
                      responseType: 'SyncFlagsResponse',
                      responseStream: true,
                      comment: '',
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
});

export const flagSyncService = definitions['flagd.sync.v1.FlagSyncService'] as unknown as {
  readonly SyncFlags: MethodDefinition<object, SyncFlagsResponse>;
};
