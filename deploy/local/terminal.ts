import { cursorTo, clearScreenDown, moveCursor } from 'node:readline';
import { styleText } from 'node:util';
import { type Clock, systemClock } from './clock.ts';

const REDRAW_MS = 100;
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Only its first end counts. */
export interface Step {
  done(text: string): void;
  failed(text: string): void;
  /** Ends it without a word. */
  drop(): void;
}

/** Redraws the line a person is typing into. */
export type Footer = () => void;

/** Lines above, and below them on a TTY one live line per step under way and the prompt. Elsewhere plain lines only. */
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
    // The terminal window may be gone before we are: what runs must still be stopped in order.
    output.on('error', () => {});
  }

  print(text: string): void {
    this.#redraw(`${text}\n`);
  }

  /** Shows what is under way, and how it ended with the seconds it took. */
  step(text: string): Step {
    const since = this.#clock.now();
    const end = (symbol: string, told: string) => {
      if (this.#steps.delete(step)) this.print(`${symbol} ${told} (${this.#seconds(since)})`);
    };
    const step: Step = {
      done: (told) => end(styleText('green', '✓'), told),
      failed: (told) => end(styleText('red', '✗'), told),
      drop: () => {
        if (this.#steps.delete(step)) this.#redraw('');
      },
    };
    this.#steps.set(step, { text, since });
    this.#redraw(this.#output.isTTY ? '' : `… ${text}\n`);
    return step;
  }

  /** Keeps a prompt below everything else; undefined takes it away. */
  keepBelow(footer: Footer | undefined): void {
    this.#footer = footer;
    this.#redraw('');
  }

  /** Tells that somebody entered a line at the prompt, which took the cursor one row down; the line becomes text above. */
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
