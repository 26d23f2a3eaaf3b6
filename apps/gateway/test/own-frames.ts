import { type Runtime, Session, console } from 'node:inspector';

const MARK = 'own-frames';

/**
 * Records logical call stacks: the frames on the stack, then those of the code that waits for it, up to the request. A
 * function that goes on after an `await` counts once. Frames outside of `apps` and `libs` do not count.
 */
export class FrameRecorder {
  readonly #session = new Session();
  readonly #stacks: (readonly string[])[] = [];

  start(): void {
    this.#session.connect();
    this.#session.on('Runtime.consoleAPICalled', ({ params }) => {
      if (params.args[0]?.value === MARK && params.stackTrace)
        this.#stacks.push(toOwnFrames(this.#parts(params.stackTrace)));
    });
    this.#session.post('Runtime.enable');
    this.#session.post('Debugger.enable');
    this.#session.post('Debugger.setAsyncCallStackDepth', { maxDepth: 256 });
  }

  /** Records the stack of its caller. */
  capture(): void {
    console.debug(MARK);
  }

  /** Ends the recording and returns each stack, its innermost frame first. */
  stop(): readonly (readonly string[])[] {
    this.#session.disconnect();
    return this.#stacks;
  }

  /** The stack, and the one of each asynchronous caller. */
  #parts(innermost: Runtime.StackTrace): Runtime.StackTrace[] {
    const parts: Runtime.StackTrace[] = [];
    for (let part: Runtime.StackTrace | undefined = innermost; part; part = part.parent ?? this.#parent(part))
      parts.push(part);
    return parts;
  }

  #parent({ parentId }: Runtime.StackTrace): Runtime.StackTrace | undefined {
    let parent: Runtime.StackTrace | undefined;
    if (parentId)
      this.#session.post('Debugger.getStackTrace', { stackTraceId: parentId }, (error, found) => {
        if (error) throw new Error(error.message);
        parent = found.stackTrace;
      });
    return parent;
  }
}

function toOwnFrames(parts: readonly Runtime.StackTrace[]): string[] {
  const frames: string[] = [];
  for (const { callFrames } of parts) {
    const own = callFrames.map(toOwnFrame).filter((frame) => frame !== undefined);
    // The function that awaits is the innermost frame of the next part too.
    if (own[0] === frames.at(-1)) own.shift();
    frames.push(...own);
  }
  return frames;
}

function toOwnFrame({ functionName, url }: Runtime.CallFrame): string | undefined {
  const file = /\/((?:apps|libs)\/[^/]+\/src\/.+)$/.exec(url)?.[1];
  return file && `${functionName || 'anonymous'} (${file})`;
}
