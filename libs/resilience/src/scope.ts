/** The instrumentation scope of this library's meters and tracers. */
export const SCOPE = '@film-store/resilience';
