/** Kinds of spans in OTLP. */
export const KINDS = { server: 2, client: 3 } as const;

/** Sends spans to a receiver of OTLP over HTTP. */
export const sendSpans = (url: string, spans: readonly object[]): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'catalog' } }] },
          scopeSpans: [{ scope: {}, spans }],
        },
      ],
    }),
  });

/** The spans of a product page, and the positions of their parents. */
const PAGE: readonly (readonly [name: string, kind: keyof typeof KINDS, parent: number])[] = [
  ['GET /api/products/:id', 'server', -1],
  ['GET catalog', 'client', 0],
  ['GET /products/:id', 'server', 1],
  ['SELECT films stock', 'client', 2],
  ['GET recommendations', 'client', 0],
  ['GET /recommendations', 'server', 4],
  ['SET last-known-good', 'client', 0],
];

/** Encodes the spans of a product page. They have as many attributes as real ones. */
export function toPageSpans(traceId: string): object[] {
  const start = BigInt(Date.now()) * 1_000_000n;
  const toSpanId = (index: number): string => (index < 0 ? '' : `${traceId.slice(-15)}${index}`);
  return PAGE.map(([name, kind, parent], index) => ({
    traceId,
    spanId: toSpanId(index),
    parentSpanId: toSpanId(parent),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 20_000_000n),
    attributes: Array.from({ length: 9 }, (_, n) => ({
      key: `http.request.attribute.${n}`,
      value: { stringValue: `${name} of ${traceId}` },
    })),
  }));
}

/** Returns the id of a trace: a number of 32 hexadecimal digits, from 1. */
export const toTraceId = (index: number): string => (index + 1).toString(16).padStart(32, '0');
