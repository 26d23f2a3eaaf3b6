import type { Platform } from './define-platform.ts';
import { type NamedService, publicService, toServices } from './derived.ts';

/** The public API promises these values to clients, so its objectives have alerts that page. */
export const PUBLIC_ROUTES = 'http_route=~"/api/.*"';
/** Probes, scrapes and operators are no users of a service. */
const ROUTES_WITH_USERS = 'http_route!~"/(health|metrics|ops)(/.*)?"';

/** The promises of a service, and the labels of its recorded series in Prometheus. */
export interface ServiceObjectives {
  readonly service: NamedService;
  readonly availability: Readonly<Record<string, string>>;
  readonly latency: Readonly<Record<string, string>>;
  /** Selects the requests that count, in PromQL. */
  readonly requests: string;
}

/** Returns the objectives of every service, those of the public service first. */
export function toObjectives(platform: Platform): ServiceObjectives[] {
  const { name } = publicService(platform);
  const job = platform.name;
  return toServices(platform)
    .toSorted((a, b) => Number(b.public) - Number(a.public))
    .map((service) =>
      service.name === name
        ? {
            service,
            availability: { job, slo: 'availability' },
            latency: { job, slo: 'latency' },
            requests: `job="${job}", service="${name}", ${PUBLIC_ROUTES}`,
          }
        : {
            service,
            availability: { job, slo: 'service-availability', service: service.name },
            latency: { job, slo: 'service-latency', service: service.name },
            requests: `job="${job}", service="${service.name}", ${ROUTES_WITH_USERS}`,
          },
    );
}

/** Returns the fraction of requests that may fail, without the noise of binary fractions: 0.999 → 0.001. */
export const toErrorBudget = (availability: number): number => Number((1 - availability).toFixed(6));

/** 0.999 → `99.9 %` */
export const toPercent = (fraction: number): string => `${Number((fraction * 100).toFixed(4))} %`;
