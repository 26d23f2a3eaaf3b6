export interface ExecuteOptions {
  /** Timeout of the work, in milliseconds. @default the adaptive timeout */
  readonly timeoutMs?: number;
  /** Name of the work in traces: an operation and its target, such as `SELECT books`. Must not contain values. */
  readonly summary?: string;
}

/**
 * Executes work with a client of something that is not HTTP, under policies. Work must not keep the client. Libraries
 * that need a database or a cache accept this interface.
 */
export interface ResilienceExecutor<Client> {
  execute<T>(work: (client: Client) => Promise<T>, options?: ExecuteOptions): Promise<T>;
}
