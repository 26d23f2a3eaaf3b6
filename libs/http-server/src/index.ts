export { recordShed, requestClassOf } from './request-class.ts';
export { CloseError, type CloseFailure, boundCloseHooks } from './close-hooks.ts';
export { endConnections } from './connection-end.ts';
export { drain } from './drain.ts';
export {
  BODY_LIMIT_BYTES,
  CLIENT_LIMITS,
  acceptStrictJsonOnly,
  createAdapter,
  ignoreTypeOfNoContent,
  passOverExpectations,
} from './fastify.ts';
export { refuseOtherMethods, trackRoutes } from './method-not-allowed.ts';
export { serveOpenApi } from './openapi.ts';
export { addRequestHooks, announceDraining } from './request-hooks.ts';
export { addRequestRecords } from './request-records.ts';
export { UseRoutePolicy, routePolicyOf } from './route-policy.ts';
export { addSecurityHeaders } from './security-headers.ts';
export { progressOf } from './stalled-responses.ts';
export { WorkUnderWay } from './in-flight-handlers.ts';
