import { VirtualClock } from '../../core/test/virtual-clock.ts';
import type { Clock } from '../src/clock.ts';

/** A clock for specs, whose wall clock starts at 1970-01-01T00:00:00.000Z and can be set. */
export class SteppingClock extends VirtualClock implements Clock {
  #stepped = 0;

  wallNow(): number {
    return this.now() + this.#stepped;
  }

  /** Sets the wall clock ahead, or back where `ms` is negative; no time passes. */
  stepWall(ms: number): void {
    this.#stepped += ms;
  }
}
