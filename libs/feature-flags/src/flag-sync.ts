import type { MethodDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

export interface SyncFlagsResponse {
  /** All flag definitions, in the format of flagd's file. */
  readonly flagConfiguration: string;
}

const SyncFlags = {
  requestType: 'SyncFlagsRequest',
  responseType: 'SyncFlagsResponse',
  responseStream: true,
};

/** The part of flagd's `flagd.sync.v1` that the client uses. */
const definitions = fromJSON({
  nested: {
    'flagd.sync.v1': {
      nested: {
        SyncFlagsRequest: { fields: {} },
        SyncFlagsResponse: { fields: { flagConfiguration: { type: 'string', id: 1 } } },
        FlagSyncService: { methods: { SyncFlags: { ...SyncFlags, comment: '' } } },
      },
    },
  },
});

export const flagSyncService = definitions['flagd.sync.v1.FlagSyncService'] as unknown as {
  readonly SyncFlags: MethodDefinition<object, SyncFlagsResponse>;
};
