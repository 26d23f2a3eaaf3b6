import fastifyPlugin from 'fastify-plugin';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { PreparedProblem, Problem } from '@film-store/problem';
import { isLoopback, parseCommaList, hasBearerToken } from '@film-store/core';
import { type EarlyResponses, findRoutePolicy } from '@film-store/http-server';
import type { ServiceConfig } from './config.ts';

const UNAUTHORIZED = new PreparedProblem(
  new Problem('unauthorized', { headers: { 'www-authenticate': 'Bearer' } }),
);

type TokenConfig = Pick<ServiceConfig, 'SERVICE_TOKEN'>;

/** The first token is sent and all are accepted, so that tokens can be rotated without an outage. */
const parseTokens = ({ SERVICE_TOKEN }: TokenConfig): readonly string[] =>
  SERVICE_TOKEN === undefined ? [] : parseCommaList(SERVICE_TOKEN);

/** Returns the headers for calls to internal services. Never send them to another upstream. */
export function serviceTokenHeaders(config: TokenConfig): Record<string, string> {
  const [token] = parseTokens(config);
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

export interface ServiceTokenOptions {
  readonly config: TokenConfig;
  readonly logger: Logger;
  readonly early: EarlyResponses;
}

/**
 * Responds 401 to callers without the token, if one is configured, before any of their headers is used. Routes of
 * operators need no service token.
 */
export const serviceTokenPlugin = fastifyPlugin(
  async (fastify: FastifyInstance, { config, logger, early }: ServiceTokenOptions) => {
    const tokens = parseTokens(config);
    if (tokens.length === 0) return;
    fastify.addHook('onRequest', (request, reply, done) => {
      if (findRoutePolicy(request) === undefined || tokens.some((token) => hasBearerToken(request, token)))
        return done();
      const { remoteAddress } = request.socket;
      logger.warn(
        { event: 'auth.service_token_rejected', requestId: request.id, remoteAddress },
        'rejected a request without a valid service token',
      );
      early.send(request, reply, UNAUTHORIZED);
    });
  },
  { name: '@film-store/service-token', fastify: '5.x', dependencies: ['@film-store/connection-end'] },
);

/** Logs that the port accepts all callers: as a warning, unless only this machine can reach it. */
export function logUnsetToken(
  { SERVICE_TOKEN, HOST: host }: Pick<ServiceConfig, 'SERVICE_TOKEN' | 'HOST'>,
  logger: Logger,
): void {
  if (SERVICE_TOKEN !== undefined) return;
  const level = host === 'localhost' || isLoopback(host) ? 'info' : 'warn';
  logger[level](
    { event: 'auth.service_token_unset', host },
    'SERVICE_TOKEN is unset: every caller of this port is accepted',
  );
}
