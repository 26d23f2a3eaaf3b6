import { Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js';
import { type SyncFlagsResponse, flagSyncService } from '../src/flag-sync.ts';

/** A server with flagd's sync service, on a real socket. */
export interface FlagdStandIn {
  readonly port: number;
  /** Sends these definitions on every present and future stream. */
  push(flagConfiguration: string): void;
  /** Ends every stream like a server that shuts down. */
  endStreams(): void;
  kill(): void;
}

export async function startFlagd(flagConfiguration: string, port = 0): Promise<FlagdStandIn> {
  const streams = new Set<ServerWritableStream<object, SyncFlagsResponse>>();
  let current = flagConfiguration;
  const server = new Server();
  server.addService(flagSyncService, {
    SyncFlags(stream: ServerWritableStream<object, SyncFlagsResponse>) {
      streams.add(stream);
      stream.on('cancelled', () => streams.delete(stream));
      stream.write({ flagConfiguration: current });
    },
  });
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, taken) =>
      error ? reject(error) : resolve(taken),
    );
  });
  return {
    port: bound,
    push(next) {
      current = next;
      for (const stream of streams) stream.write({ flagConfiguration: next });
    },
    endStreams() {
      for (const stream of streams) stream.end();
      streams.clear();
    },
    kill: () => server.forceShutdown(),
  };
}
