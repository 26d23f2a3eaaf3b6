import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import type { Logger } from 'pino';
import { type LifecycleState, isOperatorRoute } from '@film-store/core';
import { degradedPlugin } from '@film-store/degradation';
import { type ActiveFaults, inboundFaultsPlugin } from '@film-store/fault-injection';
import {
  connectionEndPlugin,
  type InFlightHandlers,
  inFlightHandlersPlugin,
  OPENAPI_PAGE_POLICIES,
  recordShed,
  requestContextPlugin,
  requestRecordsPlugin,
  routeListPlugin,
  findRoutePolicy,
  type Routes,
  securityHeadersPlugin,
  strictJsonPlugin,
  toRequestClass,
  type Trust,
} from '@film-store/http-server';
import { type LoadShedder, loadSheddingPlugin } from '@film-store/load-shedding';
import type { ResponseCounts } from '@film-store/ops';
import type { ServiceConfig } from './config.ts';
import { serviceTokenPlugin } from './service-token.ts';

export interface PluginOptions {
  readonly service: string;
  readonly trust: Trust;
  readonly config: Pick<ServiceConfig, 'SERVICE_TOKEN'>;
  readonly logger: Logger;
  readonly phase: LifecycleState;
  readonly responseCounts: ResponseCounts;
  readonly unrecorded: InFlightHandlers;
  readonly handlers: InFlightHandlers;
  readonly routes: Routes;
  readonly shedder: LoadShedder;
  /** Absent: the service has no fault points. */
  readonly faults: ActiveFaults | undefined;
}

/**
 * Registers the plugins of a service in the order in which a request meets them. Fastify checks the dependencies that
 * they declare. Nest adds its routes later, so that all hooks apply to them.
 */
export async function registerPlugins(fastify: FastifyInstance, options: PluginOptions): Promise<void> {
  const {
    service,
    trust,
    config,
    logger,
    phase,
    responseCounts,
    unrecorded,
    handlers,
    routes,
    shedder,
    faults,
  } = options;
  const plugins = [
    plugin(strictJsonPlugin, {}),
    plugin(requestRecordsPlugin, {
      trust,
      logger,
      unrecorded,
      onResponse: (status, degraded) => responseCounts.recordResponse(status, degraded),
    }),
    plugin(connectionEndPlugin, { phase }),
    trust === 'public'
      ? plugin(securityHeadersPlugin, { contentSecurityPolicies: OPENAPI_PAGE_POLICIES })
      : plugin(serviceTokenPlugin, { config, logger }),
    plugin(loadSheddingPlugin, {
      shedder,
      classify: (request) => toRequestClass(request, trust),
      // A public service opens no span for what it sheds: only an internal caller knows the trace.
      ...(trust === 'internal' && { onShed: recordShed }),
    }),
    plugin(requestContextPlugin, { trust, logger, phase }),
    plugin(degradedPlugin, {
      service,
      getMaxStaleMs: (request) => {
        const policy = findRoutePolicy(request);
        return policy && (policy.maxStaleMs ?? 0);
      },
      onDegraded: (degradation) => responseCounts.recordDegradation(degradation),
    }),
    plugin(inFlightHandlersPlugin, { handlers }),
    ...(faults ? [plugin(inboundFaultsPlugin, { faults, appliesTo: (route) => mayFail(route, trust) })] : []),
    plugin(routeListPlugin, { routes }),
  ];
  for (const register of plugins) await register(fastify);
}

/** Pages and their documents must work when the public API does not. */
const mayFail = (route: string, trust: Trust): boolean =>
  trust === 'public' ? /^\/api(?:\/|$)/.test(route) : !isOperatorRoute(route);

/** Pairs a plugin with its options, which TypeScript checks. */
const plugin =
  <Options extends object>(load: FastifyPluginCallback<Options>, options: Options) =>
  async (fastify: FastifyInstance): Promise<void> => {
    await fastify.register(load, options);
  };
