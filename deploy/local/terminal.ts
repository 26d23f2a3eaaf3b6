import { cursorTo, clearScreenDown, moveCursor } from 'node:readline';
import { styleText } from 'node:util';
import { type Clock, systemClock } from './clock.ts';

const REDRAW_MS = 100;
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** A line of progress. Only its first end counts. */
export interface Step {
  done(text: string): void;
  failed(text: string): void;
  /** Removes the line. */
  drop(): void;
}

/** Redraws the input line. */
export type Footer = () => void;

/** Prints lines. On a TTY, a live line per step and the prompt are below them. Elsewhere it prints plain lines only. */
export class Terminal {
  readonly #output: NodeJS.WriteStream;
  readonly #clock: Clock;
  readonly #steps = new Map<Step, { readonly text: string; readonly since: number }>();
  #footer: Footer | undefined;
  #rows = 0;
  #cancelRedraw = () => {};

  constructor(output: NodeJS.WriteStream, clock: Clock = systemClock) {
    this.#output = output;
    this.#clock = clock;
    // The terminal window may close first. The processes must still stop in order.
    output.on('error', () => {});
  }

  print(text: string): void {
    this.#redraw(`${text}\n`);
  }

  /** Shows a running step, then its result with its duration in seconds. */
  step(text: string): Step {
    const since = this.#clock.now();
    const end = (symbol: string, result: string) => {
      if (this.#steps.delete(step)) this.print(`${symbol} ${result} (${this.#seconds(since)})`);
    };
    const step: Step = {
      done: (result) => end(styleText('green', '✓'), result),
      failed: (result) => end(styleText('red', '✗'), result),
      drop: () => {
        if (this.#steps.delete(step)) this.#redraw('');
      },
    };
    this.#steps.set(step, { text, since });
    this.#redraw(this.#output.isTTY ? '' : `… ${text}\n`);
    return step;
  }

  /** Keeps a prompt below all lines. `undefined` removes it. */
  keepBelow(footer: Footer | undefined): void {
    this.#footer = footer;
    this.#redraw('');
  }

  /** Moves a line that was entered at the prompt above it. Enter has moved the cursor one row down. */
  entered(text: string): void {
    this.#rows += 1;
    this.print(text);
  }

  #redraw(above: string): void {
    this.#cancelRedraw();
    if (!this.#output.isTTY) {
      this.#output.write(above);
      return;
    }
    moveCursor(this.#output, 0, -this.#rows);
    cursorTo(this.#output, 0);
    clearScreenDown(this.#output);
    this.#output.write(above);
    const frame = frames[Math.floor(this.#clock.now() / REDRAW_MS) % frames.length];
    for (const { text, since } of this.#steps.values()) {
      this.#output.write(
        `${`${frame} ${text} ${this.#seconds(since)}`.slice(0, this.#output.columns - 1)}\n`,
      );
    }
    this.#rows = this.#steps.size;
    this.#footer?.();
    if (this.#steps.size > 0) this.#cancelRedraw = this.#clock.after(REDRAW_MS, () => this.#redraw(''));
  }

  #seconds(since: number): string {
    return `${((this.#clock.now() - since) / 1000).toFixed(1)} s`;
  }
}
