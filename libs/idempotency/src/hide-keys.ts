import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { IDEMPOTENCY_KEY } from '@film-store/core';
import type { HttpRequest } from './http-exchange.ts';

/** Node publishes each request here before its server, and so before any middleware that logs, sees it. */
const REQUEST_START = 'http.server.request.start';

/**
 * Keeps keys out of logs, whatever logger writes them: the header can be read by its name, but it is not enumerable,
 * so a logger that serializes all headers does not find it. A proxy in this process has to copy it by its name.
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
  const { headers } = (message as { request: HttpRequest }).request;
  if (headers[IDEMPOTENCY_KEY] !== undefined)
    Object.defineProperty(headers, IDEMPOTENCY_KEY, { enumerable: false });
};
