import { type Runtime, Session, console } from 'node:inspector';

const MARK = 'frame-recorder';

/**
 * Records logical call stacks: the frames on the stack, then the frames of the code that awaits it, up to the request. A
 * function that continues after an `await` counts once. Frames outside of `apps` and `libs` do not count.
 */
export class FrameRecorder {
  readonly #session = new Session();
  readonly #stacks: (readonly string[])[] = [];

  start(): void {
    this.#session.connect();
    this.#session.on('Runtime.consoleAPICalled', ({ params }) => {
      if (params.args[0]?.value === MARK && params.stackTrace)
        this.#stacks.push(toProjectFrames(this.#parts(params.stackTrace)));
    });
    this.#session.post('Runtime.enable');
    this.#session.post('Debugger.enable');
    this.#session.post('Debugger.setAsyncCallStackDepth', { maxDepth: 256 });
  }

  /** Records the stack of its caller. */
  capture(): void {
    console.debug(MARK);
  }

  /** Stops the recording and returns each stack, innermost frame first. */
  stop(): readonly (readonly string[])[] {
    this.#session.disconnect();
    return this.#stacks;
  }

  /** Returns the stack and the stacks of its asynchronous callers. */
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

function toProjectFrames(parts: readonly Runtime.StackTrace[]): string[] {
  const frames: string[] = [];
  for (const { callFrames } of parts) {
    const projectFrames = callFrames.map(toProjectFrame).filter((frame) => frame !== undefined);
    // The awaiting function is also the innermost frame of the next part.
    if (projectFrames[0] === frames.at(-1)) projectFrames.shift();
    frames.push(...projectFrames);
  }
  return frames;
}

function toProjectFrame({ functionName, url }: Runtime.CallFrame): string | undefined {
  const file = /\/((?:apps|libs)\/[^/]+\/src\/.+)$/.exec(url)?.[1];
  return file && `${functionName || 'anonymous'} (${file})`;
}
