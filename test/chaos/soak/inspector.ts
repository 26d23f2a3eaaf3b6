/** Calls a method of the Chrome DevTools Protocol; resolves with its result. */
export type Call = (method: string, params?: object) => Promise<unknown>;

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

const LISTENS = /^Debugger listening on (ws:\S+)$/;

/** Where the inspector of a process listens, out of what Node writes to stderr at the start; else `undefined`. */
export const inspectorUrl = (line: string): string | undefined => LISTENS.exec(line)?.[1];

/**
 * Connects to the inspector of a process for as long as `work` takes.
 * @throws Error where the connection is refused or lost, or a method fails
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
    // Closing it is what loses it now.
    await lost.promise.catch(() => undefined);
  }
}
