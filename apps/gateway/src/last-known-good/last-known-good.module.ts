/** Injects the last good answers of upstreams. */
export const LAST_KNOWN_GOOD = Symbol('last known good');

export const HOUR_MS = 60 * 60 * 1000;
