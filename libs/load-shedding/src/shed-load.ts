import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isLargeBody, newRequestId, REQUEST_ID } from '@film-store/core';
import { createLoadShedder } from './create-load-shedder.ts';
import { HeldPermit } from './held-permit.ts';
import { acquireInContext } from './load-shedder.ts';
import { type ServerOptions, classifyAsNormal } from './options.ts';
import { chooseRetryAfter, createOverloadedResponse } from './overloaded-response.ts';

/** Bodies of shed requests up to this size are read and dropped to keep the connection, in bytes. */
const DROPPED_BODY_BYTES = 64 * 1024;

export type ShedLoadOptions = ServerOptions<IncomingMessage>;

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => unknown) => void;

/**
 * Creates a middleware for Express and similar frameworks. It holds the permit until the promise that `next` returns
 * has settled; without a promise, until the response has been sent or its connection has closed.
 */
export function createShedLoadMiddleware(options: ShedLoadOptions = {}): Middleware {
  const { classify = classifyAsNormal, onShed, random = Math.random } = options;
  const shedder = options.shedder ?? createLoadShedder(options);
  return (request, response, next) => {
    const requestClass = classify(request);
    if (!requestClass) {
      next();
      return;
    }
    const { priority, deadline } = requestClass;
    let permit: HeldPermit | undefined;
    const cancel = acquireInContext(shedder, requestClass, (decision) => {
      if (!decision.admitted) {
        if (response.headersSent) return;
        const requestId = response.getHeader(REQUEST_ID)?.toString() ?? newRequestId();
        const close = isLargeBody(request.headers, DROPPED_BODY_BYTES);
        const { status, headers, body } = createOverloadedResponse(
          requestId,
          chooseRetryAfter(random),
          close,
        );
        onShed?.(request, { status, priority, reason: decision.reason });
        response.writeHead(status, headers).end(body);
        return;
      }
      permit = new HeldPermit(decision.permit, deadline, response, response);
      const end = permit.begin();
      const result = next();
      if (result instanceof Promise) void result.then(end, end);
      else if (response.closed) end();
      else response.once('close', end);
    });
    if (!permit) response.once('close', cancel);
  };
}

/** Sheds load in front of a handler of `node:http`. */
export function shedLoad(
  handler: (request: IncomingMessage, response: ServerResponse) => unknown,
  options?: ShedLoadOptions,
): RequestListener {
  const middleware = createShedLoadMiddleware(options);
  return (request, response) => middleware(request, response, () => handler(request, response));
}
