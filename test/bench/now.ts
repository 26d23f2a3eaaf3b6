/** Returns milliseconds since 1970 with microsecond resolution, comparable between threads. */
export const now = (): number => performance.timeOrigin + performance.now();
