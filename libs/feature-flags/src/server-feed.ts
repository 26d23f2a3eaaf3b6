import { Client, type ClientReadableStream, type ServiceError, credentials, status } from '@grpc/grpc-js';
import type { FeedListener, FlagFeed } from './feed.ts';
import { type SyncFlagsResponse, flagSyncService } from './flag-sync.ts';

/** How long the last definitions hold while the server is away, in milliseconds. */
const GRACE_MS = 10_000;
/** Longest wait for the first definitions of a stream, in milliseconds. */
const FIRST_ANSWER_MS = 5000;
/**
 * How long one stream is trusted, in milliseconds, before another takes its place: so a server that vanished without
 * a word is noticed. Keepalive pings would not do: a gRPC server in Go, as flagd is, by default hangs up on whoever
 * sends them more often than every five minutes.
 */
const STREAM_MS = 60_000;
/** Pause before another attempt, in milliseconds; the channel below has a growing one with jitter for connecting. */
const RETRY_MS = 1000;
const MAX_RECONNECT_MS = 5000;

/** Follows a flagd server's stream of definitions. What a stream ends with makes no difference: another one follows. */
export class ServerFeed implements FlagFeed {
  readonly from: string;
  readonly #client: Client;
  #stream: ClientReadableStream<SyncFlagsResponse> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  /** Runs while the last definitions hold without a server. */
  #grace: NodeJS.Timeout | undefined;
  #told: 'nothing' | 'definitions' | 'gone' = 'nothing';

  constructor(host: string, port: number) {
    this.from = `${host}:${port}`;
    this.#client = new Client(this.from, credentials.createInsecure(), {
      'grpc.initial_reconnect_backoff_ms': RETRY_MS,
      'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_MS,
    });
  }

  start(listener: FeedListener): void {
    this.#open(listener);
  }

  async stop(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    for (const timer of [this.#retry, this.#silence, this.#grace]) clearTimeout(timer);
    stream?.removeAllListeners('data');
    stream?.cancel();
    this.#client.close();
  }

  #open(listener: FeedListener): void {
    const { path, requestSerialize, responseDeserialize } = flagSyncService.SyncFlags;
    const deadline = Date.now() + STREAM_MS;
    const stream = this.#client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      {},
      { deadline },
    );
    this.#stream = stream;
    this.#silence = setTimeout(() => stream.cancel(), FIRST_ANSWER_MS);
    let answered = false;
    stream.on('data', ({ flagConfiguration }: SyncFlagsResponse) => {
      answered = true;
      this.#told = 'definitions';
      clearTimeout(this.#silence);
      clearTimeout(this.#grace);
      this.#grace = undefined;
      listener.definitions(flagConfiguration);
    });
    // Its words come with the status, which follows every end.
    stream.on('error', () => undefined);
    stream.on('status', ({ code, details }: Pick<ServiceError, 'code' | 'details'>) => {
      if (stream !== this.#stream) return;
      clearTimeout(this.#silence);
      if (answered && code === status.DEADLINE_EXCEEDED) return this.#open(listener);
      this.#lost(listener, details || 'the server ended the stream');
      this.#retry = setTimeout(() => this.#open(listener), RETRY_MS);
    });
  }

  #lost(listener: FeedListener, reason: string): void {
    const gone = (): void => {
      this.#told = 'gone';
      this.#grace = undefined;
      listener.gone(reason);
    };
    if (this.#told === 'nothing') return gone();
    if (this.#told === 'gone' || this.#grace) return;
    listener.stale(reason);
    this.#grace = setTimeout(gone, GRACE_MS);
  }
}
