import { Client, type ClientReadableStream, type ServiceError, credentials, status } from '@grpc/grpc-js';
import type { FeedListener, FlagFeed } from './feed.ts';
import { type SyncFlagsResponse, flagSyncService } from './flag-sync.ts';

/** Time for which the last definitions apply while the server is unreachable, in milliseconds. */
const GRACE_MS = 10_000;
/** Longest wait for the first definitions of a stream, in milliseconds. */
const FIRST_RESPONSE_MS = 5000;
/**
 * A ping finds a server that vanished without closing the connection, after the sum of both times at the latest. Servers in
 * Go close a connection after three early pings in a row. A stream in which they send something starts the count again, so a
 * new stream each minute permits two pings in between.
 */
const KEEPALIVE_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 5000;
/** Lifetime of one stream, in milliseconds. */
const STREAM_MS = 60_000;
/** Largest set of definitions, in bytes. The default of gRPC is 4 MiB, above which all flags would be lost. */
const MAX_DEFINITIONS_BYTES = 64 * 1024 * 1024;
/** Pause before another attempt, in milliseconds. */
const RETRY_MS = 1000;
const MAX_RECONNECT_MS = 5000;

/** Follows the stream of definitions of a flagd server, and opens another stream whenever one ends. */
export class ServerFeed implements FlagFeed {
  readonly from: string;
  readonly #client: Client;
  #stream: ClientReadableStream<SyncFlagsResponse> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #firstResponse: NodeJS.Timeout | undefined;
  /** Runs while the last definitions apply without a server. */
  #grace: NodeJS.Timeout | undefined;
  #reported: 'nothing' | 'definitions' | 'unavailable' = 'nothing';

  constructor(host: string, port: number) {
    this.from = `${host}:${port}`;
    this.#client = new Client(this.from, credentials.createInsecure(), {
      'grpc.initial_reconnect_backoff_ms': RETRY_MS,
      'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_MS,
      'grpc.keepalive_time_ms': KEEPALIVE_MS,
      'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
      'grpc.max_receive_message_length': MAX_DEFINITIONS_BYTES,
    });
  }

  start(listener: FeedListener): void {
    this.#open(listener);
  }

  async stop(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    for (const timer of [this.#retry, this.#firstResponse, this.#grace]) clearTimeout(timer);
    stream?.removeAllListeners('data');
    stream?.cancel();
    this.#client.close();
  }

  #open(listener: FeedListener): void {
    const { path, requestSerialize, responseDeserialize } = flagSyncService.SyncFlags;
    const options = { deadline: Date.now() + STREAM_MS };
    const stream = this.#client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      {},
      options,
    );
    this.#stream = stream;
    this.#firstResponse = setTimeout(() => stream.cancel(), FIRST_RESPONSE_MS);
    let responded = false;
    stream.on('data', ({ flagConfiguration }: SyncFlagsResponse) => {
      responded = true;
      this.#reported = 'definitions';
      clearTimeout(this.#firstResponse);
      clearTimeout(this.#grace);
      this.#grace = undefined;
      listener.definitions(flagConfiguration);
    });
    // The status follows every end and has the same details.
    stream.on('error', () => undefined);
    stream.on('status', ({ code, details }: Pick<ServiceError, 'code' | 'details'>) => {
      if (stream !== this.#stream) return;
      clearTimeout(this.#firstResponse);
      if (responded && code === status.DEADLINE_EXCEEDED) return this.#open(listener);
      this.#reportLoss(listener, details || 'the server ended the stream');
      this.#retry = setTimeout(() => this.#open(listener), RETRY_MS);
    });
  }

  #reportLoss(listener: FeedListener, reason: string): void {
    const reportUnavailable = (): void => {
      this.#reported = 'unavailable';
      this.#grace = undefined;
      listener.unavailable(reason);
    };
    if (this.#reported === 'nothing') return reportUnavailable();
    if (this.#reported === 'unavailable' || this.#grace) return;
    listener.stale(reason);
    this.#grace = setTimeout(reportUnavailable, GRACE_MS);
  }
}
