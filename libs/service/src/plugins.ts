import type { FastifyInstance } from 'fastify';
import { isOperatorRoute } from '@film-store/core';
import { degradedPlugin } from '@film-store/degradation';
import { inboundFaultsPlugin } from '@film-store/fault-injection';
import {
  connectionEndPlugin,
  fairStartsPlugin,
  findRoutePolicy,
  inFlightHandlersPlugin,
  OPENAPI_PAGE_POLICIES,
  recordShed,
  rejectionPlugin,
  requestContextPlugin,
  requestRecordsPlugin,
  routeListPlugin,
  securityHeadersPlugin,
  strictJsonPlugin,
  toRequestClass,
  type Trust,
} from '@film-store/http-server';
import { loadSheddingPlugin } from '@film-store/load-shedding';
import type { ServiceParts } from './service-parts.ts';
import { serviceTokenPlugin } from './service-token.ts';

/**
 * Registers the plugins of a service in the order in which they handle a request. Fastify checks their dependencies.
 * Nest adds its routes later, so that all hooks apply to them.
 */
export async function registerPlugins(fastify: FastifyInstance, parts: ServiceParts): Promise<void> {
  const { name, trust, config, logger, phase, responseCounts, unrecorded, handlers, routes, early } = parts;
  const onResponse = (status: number, degraded: boolean) => responseCounts.recordResponse(status, degraded);
  await fastify.register(strictJsonPlugin);
  await fastify.register(connectionEndPlugin, { phase });
  if (trust === 'internal') await fastify.register(serviceTokenPlugin, { config, logger, early });
  await fastify.register(loadSheddingPlugin, {
    shedder: parts.shedder,
    classify: (request) => toRequestClass(request, trust),
    respond: early.send,
    // A public service creates no span for a shed request: only internal callers propagate a trace.
    ...(trust === 'internal' && { onShed: recordShed }),
  });
  await fastify.register(rejectionPlugin, { trust, logger, phase, early, onResponse });
  // Only clients of a public service send floods. In an internal one the limit would follow a burst down.
  if (trust === 'public') await fastify.register(fairStartsPlugin, { trust });
  await fastify.register(requestRecordsPlugin, { trust, logger, unrecorded, onResponse });
  if (trust === 'public')
    await fastify.register(securityHeadersPlugin, { contentSecurityPolicies: OPENAPI_PAGE_POLICIES });
  await fastify.register(requestContextPlugin, { trust, logger, phase });
  await fastify.register(degradedPlugin, {
    service: name,
    getMaxStaleMs: (request) => {
      const policy = findRoutePolicy(request);
      return policy && (policy.maxStaleMs ?? 0);
    },
    onDegraded: (degradation) => responseCounts.recordDegradation(degradation),
  });
  await fastify.register(inFlightHandlersPlugin, { handlers });
  // #region part: faults
  if (parts.faults)
    await fastify.register(inboundFaultsPlugin, {
      faults: parts.faults,
      appliesTo: (route) => hasFaultPoint(route, trust),
    });
  // #endregion part: faults
  await fastify.register(routeListPlugin, { routes });
}

// #region part: faults
/** Excludes pages and their documents, which must work when the public API does not. */
const hasFaultPoint = (route: string, trust: Trust): boolean =>
  trust === 'public' ? /^\/api(?:\/|$)/.test(route) : !isOperatorRoute(route);
// #endregion part: faults
