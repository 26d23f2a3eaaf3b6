import { Agent, request } from 'undici';
import { home, productPage } from '@film-store/contracts';
import { atConstantRate } from '../../load/open-loop.ts';

/** Deadline of a read at the gateway, in milliseconds. */
export const DEADLINE_MS = 1000;
/** Time that the client and the network may add, in milliseconds: they share two cores with the whole store. */
const CLIENT_SLACK_MS = 500;
const CLIENT_TIMEOUT_MS = 5000;

/** One read of a page. */
export interface Visit {
  /** Start and duration, in milliseconds. */
  readonly at: number;
  readonly ms: number;
  /** `shed`: rejected because of overload. */
  readonly outcome: 'good' | 'degraded' | 'shed' | 'failed';
  /** `feature;reason` of every degraded part, or the failure instead of a page. */
  readonly degradations: readonly string[];
}

/** Returns whether there was a page within the deadline. */
export const isServed = ({ outcome, ms }: Visit): boolean =>
  (outcome === 'good' || outcome === 'degraded') && ms <= DEADLINE_MS + CLIENT_SLACK_MS;

/** Reads home and the pages of the films in turn, at a constant rate, until the signal ends. */
export async function visitPages(
  url: string,
  films: readonly string[],
  { rps, signal }: { readonly rps: number; readonly signal: AbortSignal },
  onVisit: (visit: Visit) => void,
): Promise<void> {
  const dispatcher = new Agent();
  const paths = films.flatMap((film, nth) => [
    ...(nth % 2 === 0 ? ['/api/home'] : []),
    `/api/products/${film}`,
  ]);
  const visit = async (nth: number): Promise<void> => {
    const at = performance.now();
    const seen = await read(url + paths[nth % paths.length], dispatcher);
    onVisit({ at, ms: performance.now() - at, ...seen });
  };
  await atConstantRate({ rps, seconds: 3600 }, visit, signal);
  await dispatcher.close();
}

async function read(url: string, dispatcher: Agent): Promise<Pick<Visit, 'outcome' | 'degradations'>> {
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher,
      signal: AbortSignal.timeout(CLIENT_TIMEOUT_MS),
    });
    const text = await body.text();
    if (statusCode !== 200) {
      const code = parseCode(text);
      return { outcome: code === 'overloaded' ? 'shed' : 'failed', degradations: [`${statusCode} ${code}`] };
    }
    if (!isPage(text)) return { outcome: 'failed', degradations: ['200 without a page'] };
    const degradations = degradedParts(headers['x-degraded']);
    return { outcome: degradations.length === 0 ? 'good' : 'degraded', degradations };
  } catch (error) {
    return { outcome: 'failed', degradations: [error instanceof Error ? error.name : String(error)] };
  }
}

/** Returns whether the body matches the contract. Garbage of an upstream would not. */
function isPage(text: string): boolean {
  try {
    const body: unknown = JSON.parse(text);
    return productPage.safeParse(body).success || home.safeParse(body).success;
  } catch {
    return false;
  }
}

/** Returns `feature;reason` of each member of `X-Degraded`. */
export function degradedParts(header: string | string[] | undefined): string[] {
  return [header ?? []]
    .flat()
    .flatMap((value) => value.split(', '))
    .map((member) => member.split(';').slice(0, 2).join(';').replace('reason=', ''));
}

function parseCode(text: string): string {
  try {
    return (JSON.parse(text) as { code?: string }).code ?? '';
  } catch {
    return 'no JSON';
  }
}
