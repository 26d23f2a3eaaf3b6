import fc from 'fast-check';
import { productIndex } from '@film-store/contracts';
import { type Operation, parseOperations } from './document.ts';
import { type ResponseCheck, createResponseCheck } from './check-response.ts';
import { type Case, anyCase } from './requests.ts';
import type { Known } from './values.ts';
import { type Reply, asBytesCommand, asCommand, toBytes, exchange } from './wire.ts';

export interface FuzzRun {
  /** Port of the gateway on this machine. */
  readonly port: number;
  readonly cases: number;
  /** The same seed draws the same cases, in the same order for each sender. */
  readonly seed: number;
  /** Receives the number of requests so far, including those that shrink a finding. */
  readonly onProgress: (sent: number) => void;
  readonly signal?: AbortSignal;
}

/** A defect of the API. */
export interface Finding {
  readonly what: string;
  /** The smallest request that shows it, as a shell command. */
  readonly command: string;
}

export interface Outcome {
  readonly findings: readonly Finding[];
  /** Number of replies by status. */
  readonly replies: ReadonlyMap<string, number>;
}

/** Concurrent senders: few, so that load shedding does not start. */
const SENDERS = 4;

/** Sends cases from the gateway's own OpenAPI document. Continues after a finding, and reports each one once. */
export async function run({ port, cases, seed, onProgress, signal }: FuzzRun): Promise<Outcome> {
  const url = `http://127.0.0.1:${port}`;
  const operations = parseOperations(await (await fetch(`${url}/docs/openapi.json`)).json());
  const checkResponse = createResponseCheck(operations);
  const arbitrary = anyCase(operations, await knownValues(url, operations));
  const findings = new Map<string, Finding>();
  const replies = new Map<string, number>();
  const stopped = (): boolean => signal?.aborted ?? false;
  let sent = 0;

  const judge = async (each: Case): Promise<void> => {
    if (stopped()) return;
    const reply = await send(port, each);
    const status = typeof reply === 'string' ? reply : String(reply.status);
    replies.set(status, (replies.get(status) ?? 0) + 1);
    const what = findFault(checkResponse, each, reply);
    if (what !== undefined && !findings.has(what)) throw new Error(what);
  };
  const sender = async (nth: number): Promise<void> => {
    let left = Math.ceil(cases / SENDERS);
    for (let round = 0; left > 0 && !stopped(); round++) {
      const property = fc.asyncProperty(arbitrary, judge).beforeEach(async () => onProgress(++sent));
      const details = await fc.check(property, {
        seed: seed * 1_000_003 + round * SENDERS + nth,
        numRuns: left,
      });
      left -= details.numRuns;
      if (!details.failed || !details.counterexample) continue;
      const what =
        details.errorInstance instanceof Error ? details.errorInstance.message : 'an error was thrown';
      const [smallest] = details.counterexample;
      findings.set(what, { what, command: toCommand(port, smallest) });
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, (_, nth) => sender(nth)));
  return { findings: [...findings.values()], replies };
}

const send = (port: number, sent: Case): Promise<Reply> =>
  sent.kind === 'raw'
    ? exchange(port, sent.bytes, { ends: true, isHead: Buffer.from(sent.bytes).includes('HEAD') })
    : exchange(port, toBytes(sent.request), {
        ends: sent.request.framing === 'long',
        isHead: sent.request.method === 'HEAD',
      });

/** A reply that cannot be judged is a defect too. */
function findFault(checkResponse: ResponseCheck, sent: Case, reply: Reply): string | undefined {
  try {
    return checkResponse(sent, reply);
  } catch (error) {
    return `an unreadable response: ${String(error)}`;
  }
}

const toCommand = (port: number, sent: Case): string =>
  sent.kind === 'raw' ? asBytesCommand(port, sent.bytes) : asCommand(port, sent.request);

/** Values for the patterns of the document: existing films and cursors, and possible orders. */
async function knownValues(url: string, operations: readonly Operation[]): Promise<Known> {
  const { items, nextCursor } = productIndex.parse(
    await (await fetch(`${url}/api/products?limit=100`)).json(),
  );
  const order = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify({ items: [{ productId: items[0]!.id, quantity: 1 }] }),
  };
  const placed = await fetch(`${url}/api/orders`, order);
  const location = placed.headers.get('location') ?? '';
  const findPattern = (path: string, name: string): string => {
    const at = operations.flatMap((operation) => (operation.path === path ? operation.parameters : []));
    const pattern = at.find((parameter) => parameter.name === name)?.schema.pattern;
    if (pattern === undefined) throw new Error(`the document gives no pattern for ${name} of ${path}`);
    return pattern;
  };
  const films = items.map(({ id }) => id);
  return new Map<string, fc.Arbitrary<string>>([
    [findPattern('/api/products/{id}', 'id'), fc.constantFrom(...films, 'no-such-film-1900')],
    [findPattern('/api/products', 'cursor'), fc.constant(nextCursor!)],
    [findPattern('/api/orders/{id}', 'id'), fc.oneof(fc.constant(location.replace(/.*\//, '')), fc.uuid())],
    // Sometimes repeats a value.
    [
      findPattern('/api/orders', 'Idempotency-Key'),
      fc.oneof(fc.uuid(), fc.constantFrom(...films.map((id) => `a-key-for-${id}`))),
    ],
  ]);
}
