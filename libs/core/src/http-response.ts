/** The common part of Fastify's reply and Express' response. */
export interface HttpResponse {
  readonly statusCode: number;
  status(code: number): unknown;
  header(name: string, value: string | string[]): unknown;
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
  send(body: string): unknown;
}

interface SentFlags {
  /** Of Fastify: the response has ended, or somebody else sends it. */
  readonly sent?: boolean;
  /** Of Express. */
  readonly headersSent?: boolean;
  /** Of Fastify: Node's own response. */
  readonly raw?: { readonly headersSent: boolean };
}

/** Returns whether a response was sent already, for example when the deadline passed. */
export const isSent = (response: HttpResponse): boolean => {
  const { sent, headersSent, raw } = response as SentFlags;
  return sent === true || headersSent === true || raw?.headersSent === true;
};

export function setHeaders(
  response: HttpResponse,
  headers: Readonly<Record<string, string | string[]>>,
): void {
  for (const [name, value] of Object.entries(headers)) void response.header(name, value);
}
