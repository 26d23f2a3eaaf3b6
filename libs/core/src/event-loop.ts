import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { sharedValue } from './shared-identity.ts';

/** Measures of one complete window of 2 s. Delays are in milliseconds. */
export interface EventLoopWindow {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Fraction of the time in which the event loop had work, 0 to 1. Includes the time in which it waited for a CPU. */
  readonly utilization: number;
  /** Fraction of the time in which the thread of the event loop ran on a CPU, 0 to 1. */
  readonly cpu: number;
}

export interface EventLoopWatch {
  /** Returns the last complete window, the same object for the same window; all zeros before the first one. */
  read(): EventLoopWindow;
  /** Ends the watch. May be called twice. */
  stop(): void;
}

/** Holds about 200 samples, so that one pause, for example of the garbage collector, does not determine the p99. */
const WINDOW_MS = 2000;
const RESOLUTION_MS = 10;
const NANOSECONDS = 1e6;
const MICROSECONDS = 1000;
const NO_WINDOW: EventLoopWindow = { p50Ms: 0, p99Ms: 0, maxMs: 0, utilization: 0, cpu: 0 };

/** Watches the event loop of this process with one native timer, while it has at least one watch. */
class EventLoopMonitor {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #watches = new Set<EventLoopWatch>();
  #timer: NodeJS.Timeout | undefined;
  #utilization: EventLoopUtilization | undefined;
  #cpu: NodeJS.CpuUsage | undefined;
  #since = 0;
  #window = NO_WINDOW;

  watch(): EventLoopWatch {
    const watch: EventLoopWatch = {
      read: () => this.#window,
      stop: () => {
        if (!this.#watches.delete(watch) || this.#watches.size > 0) return;
        clearInterval(this.#timer);
        this.#delay.disable();
      },
    };
    if (this.#watches.size === 0) this.#start();
    this.#watches.add(watch);
    return watch;
  }

  #start(): void {
    this.#window = NO_WINDOW;
    this.#utilization = performance.eventLoopUtilization();
    this.#cpu = process.threadCpuUsage();
    this.#since = performance.now();
    this.#delay.reset();
    this.#delay.enable();
    this.#timer = setInterval(() => this.#completeWindow(), WINDOW_MS).unref();
  }

  #completeWindow(): void {
    const utilization = performance.eventLoopUtilization();
    const { user, system } = process.threadCpuUsage(this.#cpu);
    const now = performance.now();
    this.#window = {
      p50Ms: this.#delay.percentile(50) / NANOSECONDS,
      p99Ms: this.#delay.percentile(99) / NANOSECONDS,
      maxMs: this.#delay.max / NANOSECONDS,
      utilization: performance.eventLoopUtilization(utilization, this.#utilization).utilization,
      cpu: Math.min(1, (user + system) / MICROSECONDS / (now - this.#since)),
    };
    this.#utilization = utilization;
    this.#cpu = process.threadCpuUsage();
    this.#since = now;
    this.#delay.reset();
  }
}

/** Watches the delay of the event loop. All watches of a process share one monitor. */
export const watchEventLoop = (): EventLoopWatch =>
  sharedValue('core/event-loop-monitor', () => new EventLoopMonitor()).watch();
