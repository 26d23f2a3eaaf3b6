import type { IncomingHttpHeaders } from 'node:http';

/** Returns whether the headers announce a body (RFC 9112, 6.3). */
export const hasContent = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Returns `true` for a body of unknown length or longer than `limitBytes`: to read it costs more than a connection. */
export const isLargeBody = (headers: IncomingHttpHeaders, limitBytes: number): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > limitBytes;

/** The common part of Fastify's reply and Express' response. */
export interface HttpResponse {
  readonly statusCode: number;
  status(code: number): unknown;
  header(name: string, value: string | string[]): unknown;
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
  send(body: string): unknown;
  /** Fastify: the response has ended, or other code sends it. */
  readonly sent?: boolean;
  /** Express. */
  readonly headersSent?: boolean;
  /** Fastify: the response of Node. */
  readonly raw?: { readonly headersSent: boolean };
}

/** Returns whether a response was sent already, for example when the deadline passed. */
export const isSent = ({ sent, headersSent, raw }: HttpResponse): boolean =>
  sent === true || headersSent === true || raw?.headersSent === true;

export function setHeaders(
  response: HttpResponse,
  headers: Readonly<Record<string, string | string[]>>,
): void {
  for (const [name, value] of Object.entries(headers)) void response.header(name, value);
}
