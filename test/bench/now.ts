/** Milliseconds since 1970, to the microsecond; threads agree on it. */
export const now = (): number => performance.timeOrigin + performance.now();
