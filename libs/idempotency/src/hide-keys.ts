import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { IDEMPOTENCY_KEY } from '@film-store/core';

/** Node publishes each request on this channel before the server and its middleware handle it. */
const REQUEST_START = 'http.server.request.start';

/**
 * Keeps keys out of the logs of every logger. The header is not enumerable, so a logger that serializes all headers does not
 * find it. Code that reads it by its name does. A proxy in this process must copy it by its name.
 */
@Injectable()
export class HideKeys implements OnApplicationShutdown {
  constructor() {
    subscribe(REQUEST_START, hideKey);
  }

  onApplicationShutdown(): void {
    unsubscribe(REQUEST_START, hideKey);
  }
}

const hideKey = (message: unknown): void => {
  const { headers, rawHeaders } = (message as { request: IncomingMessage }).request;
  if (headers[IDEMPOTENCY_KEY] === undefined) return;
  Object.defineProperty(headers, IDEMPOTENCY_KEY, { enumerable: false });
  // Names and values alternate.
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]!.toLowerCase() === IDEMPOTENCY_KEY) rawHeaders[index + 1] = '[Redacted]';
};
