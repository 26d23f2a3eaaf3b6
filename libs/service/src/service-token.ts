import fastifyPlugin from 'fastify-plugin';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Problem } from '@film-store/problem';
import { isLoopback, parseCommaList, REQUEST_ID, hasBearerToken } from '@film-store/core';
import type { ServiceConfig } from './config.ts';
import { findRoutePolicy } from '@film-store/http-server';

type Tokens = Pick<ServiceConfig, 'SERVICE_TOKEN'>;

/** The first is shown, all are let in: that is how one is changed without an outage. */
const tokensOf = ({ SERVICE_TOKEN }: Tokens): readonly string[] =>
  SERVICE_TOKEN === undefined ? [] : parseCommaList(SERVICE_TOKEN);

/** What a service shows the services it asks. For them alone: give it to no other upstream. */
export function serviceTokenHeaders(config: Tokens): Record<string, string> {
  const [shown] = tokensOf(config);
  return shown === undefined ? {} : { authorization: `Bearer ${shown}` };
}

export interface ServiceTokenOptions {
  readonly config: Tokens;
  readonly logger: Logger;
}

/**
 * Responds 401 to callers without the token, where there is one, before anything in their headers is believed. Probes,
 * metrics and operations need none: they have their own rules.
 */
export const serviceTokenPlugin = fastifyPlugin(
  (fastify: FastifyInstance, { config, logger }: ServiceTokenOptions, loaded: () => void) => {
    const tokens = tokensOf(config);
    if (tokens.length > 0)
      fastify.addHook('onRequest', (request, reply, done) => {
        if (findRoutePolicy(request) === undefined || tokens.some((token) => hasBearerToken(request, token)))
          return done();
        logger.warn(
          {
            event: 'auth.service_token_rejected',
            requestId: request.id,
            remoteAddress: request.socket.remoteAddress,
          },
          'refused a request without our token',
        );
        void reply.header(REQUEST_ID, request.id);
        done(new Problem('unauthorized', { headers: { 'www-authenticate': 'Bearer' } }));
      });
    loaded();
  },
  { name: '@film-store/service-token', fastify: '5.x', dependencies: ['@film-store/request-records'] },
);

/** Says at the start that whoever reaches the port is let in, louder where that is not this machine alone. */
export function logIfOpen(
  { SERVICE_TOKEN, HOST }: Pick<ServiceConfig, 'SERVICE_TOKEN' | 'HOST'>,
  logger: Logger,
): void {
  if (SERVICE_TOKEN !== undefined) return;
  const level = HOST === 'localhost' || isLoopback(HOST) ? 'info' : 'warn';
  logger[level](
    { event: 'auth.service_token_unset', host: HOST },
    'no SERVICE_TOKEN: whoever reaches this port is let in',
  );
}
