import type { IncomingHttpHeaders } from 'node:http';

/** Returns whether a request has a body, by its head (RFC 9112, 6.3). */
export const hasContent = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
