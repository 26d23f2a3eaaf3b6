import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { Problem } from '@film-store/problem';
import { REQUEST_ID, parseCommaList } from '@film-store/core';
import { isLoopback, showsToken } from '@film-store/ops';
import type { ServiceConfig } from './config.ts';
import { routePolicyOf } from '@film-store/http-server';

type Tokens = Pick<ServiceConfig, 'SERVICE_TOKEN'>;

/** The first is shown, all are let in: that is how one is changed without an outage. */
const tokensOf = ({ SERVICE_TOKEN }: Tokens): readonly string[] =>
  SERVICE_TOKEN === undefined ? [] : parseCommaList(SERVICE_TOKEN);

/** What a service shows the services it asks. For them alone: give it to no other upstream. */
export function serviceTokenHeaders(config: Tokens): Record<string, string> {
  const [shown] = tokensOf(config);
  return shown === undefined ? {} : { authorization: `Bearer ${shown}` };
}

/**
 * Answers strangers with a 401 before anything they say of their request is believed, where there is a token. Probes,
 * metrics and operations are not asked for it: they have their own rules. Call it before other hooks are added.
 */
export function requireServiceToken(fastify: FastifyInstance, config: Tokens, logger: Logger): void {
  const tokens = tokensOf(config);
  if (tokens.length === 0) return;
  fastify.addHook('onRequest', (request, reply, done) => {
    if (routePolicyOf(request) === undefined || tokens.some((token) => showsToken(request, token)))
      return done();
    logger.warn(
      { event: 'service.stranger', requestId: request.id, remoteAddress: request.socket.remoteAddress },
      'refused a request without our token',
    );
    void reply.header(REQUEST_ID, request.id);
    done(new Problem('unauthorised', { headers: { 'www-authenticate': 'Bearer' } }));
  });
}

/** Says at the start that whoever reaches the port is let in, louder where that is not this machine alone. */
export function tellIfOpen(
  { SERVICE_TOKEN, HOST }: Pick<ServiceConfig, 'SERVICE_TOKEN' | 'HOST'>,
  logger: Logger,
): void {
  if (SERVICE_TOKEN !== undefined) return;
  const level = HOST === 'localhost' || isLoopback(HOST) ? 'info' : 'warn';
  logger[level](
    { event: 'service.open', host: HOST },
    'no SERVICE_TOKEN: whoever reaches this port is let in',
  );
}
