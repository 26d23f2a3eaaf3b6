import { publicService } from '../../deploy/local/services.ts';
import { toErrorBudget } from '../../deploy/platform/objectives.ts';
import { platform } from '../../platform.config.ts';
import { type Scrape, findSeries, sum } from './metrics-window.ts';

const { name } = publicService;
const { availability, latencyMs } = platform.services[name].objectives;
const DAYS = 30;
const DAY_MS = 86_400_000;

/** The objectives of the public service in deploy/prometheus/rules, with the share of events that may be bad. */
export const objectives = {
  availability: toErrorBudget(availability),
  latency: 0.01,
  degradation: 0.01,
} as const;
export type Objective = keyof typeof objectives;
const objectiveNames = Object.keys(objectives) as Objective[];

/** Counts of events since the start of the gateway, by objective. */
export interface BudgetSample {
  readonly at: number;
  readonly counts: Readonly<Record<Objective, { readonly bad: number; readonly all: number }>> | undefined;
}

const API = /http_route="\/api\//;
const GET = /http_request_method="GET"/;

/** Reads the counters of the objectives. `counts` is absent if the gateway did not respond. */
export function readBudgets({ at, services }: Scrape): BudgetSample {
  const metrics = services.get(name);
  if (metrics === undefined) return { at, counts: undefined };
  const count = (metric: string, ...patterns: RegExp[]): number => sum(findSeries(metrics, metric, patterns));
  const requests = (...patterns: RegExp[]) =>
    count('http_server_request_duration_seconds_count', API, ...patterns);
  const limit = new RegExp(`le="${latencyMs / 1000}"`);
  const reads = requests(GET);
  return {
    at,
    counts: {
      availability: { bad: requests(/status_code="5/), all: requests() },
      latency: {
        bad: reads - count('http_server_request_duration_seconds_bucket', API, GET, limit),
        all: reads,
      },
      degradation: {
        bad: count('degraded_responses_total', /reason="(?!flag-off)/),
        all: requests(GET, /status_code="200"/),
      },
    },
  };
}

/** The use of an error budget during a game day. */
export interface Burn {
  readonly objective: Objective;
  readonly bad: number;
  readonly all: number;
  /** Fraction of the error budget of 30 days that the game day used. */
  readonly burnt: number;
}

/** Sums the events between the samples. Counters begin at 0 again after a restart. */
export function toBurns(samples: readonly BudgetSample[]): Burn[] {
  const known = samples.flatMap(({ counts }) => counts ?? []);
  const durationMs = (samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0);
  return objectiveNames.map((objective) => {
    const total = { bad: 0, all: 0 };
    for (const [index, counts] of known.entries()) {
      const before = known[index - 1]?.[objective];
      if (!before) continue;
      const now = counts[objective];
      const isSame = now.all >= before.all;
      total.bad += Math.max(0, now.bad - (isSame ? before.bad : 0));
      total.all += now.all - (isSame ? before.all : 0);
    }
    const share = total.all > 0 ? total.bad / total.all : 0;
    return {
      objective,
      bad: total.bad,
      all: total.all,
      burnt: ((share / objectives[objective]) * durationMs) / (DAYS * DAY_MS),
    };
  });
}
