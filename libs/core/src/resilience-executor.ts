export interface ExecuteOptions {
  /** Time that the work has, in milliseconds. @default the adaptive timeout of what the client talks to */
  readonly timeoutMs?: number;
  /**
   * Name of the work in traces: an operation and its target, such as `SELECT books`. Use one of a few names, and no
   * values.
   */
  readonly summary?: string;
}

/**
 * Executes work with a client of something that is not HTTP, under the policies that protect it. The client is lent to
 * the work only. Libraries that need a database or a cache accept this interface.
 */
export interface ResilienceExecutor<Client> {
  execute<T>(work: (client: Client) => Promise<T>, options?: ExecuteOptions): Promise<T>;
}
