/** Calls a method of the Chrome DevTools Protocol. Resolves with its result. */
export type Call = (method: string, params?: object) => Promise<unknown>;

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

const LISTENS = /^Debugger listening on (ws:\S+)$/;

/** Finds the inspector's address in the lines that Node writes to stderr at the start; else `undefined`. */
export const inspectorUrl = (line: string): string | undefined => LISTENS.exec(line)?.[1];

/**
 * Connects to the inspector of a process while `work` runs.
 * @throws Error if the connection is rejected or lost, or a method fails
 */
export async function inspect<T>(url: string, work: (call: Call) => Promise<T>): Promise<T> {
  const socket = new WebSocket(url);
  const lost = Promise.withResolvers<never>();
  const opened = Promise.withResolvers<void>();
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  socket.addEventListener('open', () => opened.resolve());
  socket.addEventListener('close', () => lost.reject(new Error(`lost the inspector at ${url}`)));
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as Reply;
    if (error) waiting.get(id)?.reject(new Error(error.message));
    else waiting.get(id)?.resolve(result);
    waiting.delete(id);
  });
  const call: Call = (method, params = {}) => {
    const id = ++called;
    const record = Promise.withResolvers<unknown>();
    waiting.set(id, record);
    socket.send(JSON.stringify({ id, method, params }));
    return record.promise;
  };
  let called = 0;
  try {
    return await Promise.race([lost.promise, opened.promise.then(() => work(call))]);
  } finally {
    socket.close();
    // Closing the connection ends it now.
    await lost.promise.catch(() => undefined);
  }
}
