import type { Adapter, RunningApplication } from '../running-application.ts';

/** Tests the application of a library's README. */
export interface Library {
  readonly name: string;
  /** The adapters that the library supports. */
  readonly adapters: readonly Adapter[];
  /** Modules that Node loads before the application. */
  readonly preloaded?: readonly string[];
  readonly check: (application: RunningApplication) => Promise<void>;
}
