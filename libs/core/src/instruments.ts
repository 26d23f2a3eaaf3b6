import { type Meter, createNoopMeter, metrics } from '@opentelemetry/api';

const NOOP_METER = createNoopMeter();

/**
 * Returns a function that returns the instruments of a library, created once by `create`. A library may declare them
 * while it loads, before the application sets its meter provider. OpenTelemetry never binds existing instruments to the
 * new provider, so `create` runs again after that. Earlier values are lost.
 * @param scope the instrumentation scope: the name of the library's package
 */
export function lazyInstruments<T>(scope: string, create: (meter: Meter) => T): () => T {
  let bound: { readonly meter: Meter; readonly instruments: T } | undefined;
  return () => {
    if (bound && bound.meter !== NOOP_METER) return bound.instruments;
    const meter = metrics.getMeter(scope);
    if (bound?.meter !== meter) bound = { meter, instruments: create(meter) };
    return bound.instruments;
  };
}
