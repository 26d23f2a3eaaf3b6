/** One step that makes an alert fire, beside a demo whose `/metrics` Prometheus reads. */
export type Step =
  | { readonly does: 'begin'; readonly scenario: string }
  /** `port` is that of the caller whose breaker it is. */
  | {
      readonly does: 'hold';
      readonly upstream: string;
      readonly state: 'isolated' | 'forced-closed' | 'auto';
      readonly port: number;
    }
  /** Runs in the foreground, or in the background with time to read the list of films before a fault starts. */
  | { readonly does: 'load'; readonly args: string; readonly seconds: number; readonly background?: true }
  | { readonly does: 'demo'; readonly command: string }
  | { readonly does: 'shell'; readonly lines: readonly string[] };

/** Longest duration of a scenario and of a load: five minutes of `for` and a rate window of five minutes. */
export const DRILL_SECONDS = 600;
const PUBLIC_PORT = 3000;
export const STORE = `http://localhost:${PUBLIC_PORT}`;
const FILM = `${STORE}/api/products/the-dark-knight-2008`;

type Load = Step & { readonly does: 'load' };

export const begin = (scenario: string): Step => ({ does: 'begin', scenario });
/** Otherwise the breaker opens, and the condition of the alert ends. */
export const holdClosed = (upstream: string, port = PUBLIC_PORT): Step => ({
  does: 'hold',
  upstream,
  state: 'forced-closed',
  port,
});
export const isolate = (upstream: string): Step => ({
  does: 'hold',
  upstream,
  state: 'isolated',
  port: PUBLIC_PORT,
});
const load = (args: string): Load => ({ does: 'load', args, seconds: DRILL_SECONDS });
/** Reads the page that calls most services. */
export const read = (rps: number): Load => load(`--rps ${rps} ${FILM}`);
export const order = (rps: number, fraction = 1): Load =>
  inBackground(load(`--rps ${rps} --orders ${fraction} ${STORE}/api/home`));
export const inBackground = (step: Load): Load => ({ ...step, background: true });

/** Returns the command lines of a step, as the runbook of the alert has them. */
export function toLines(step: Step): readonly string[] {
  switch (step.does) {
    case 'begin':
      return [put(PUBLIC_PORT, 'faults', { scenario: step.scenario, ttlMs: DRILL_SECONDS * 1000 })];
    case 'hold':
      return [put(step.port, `breakers/${step.upstream}`, { state: step.state })];
    case 'load': {
      const line = `npm run load -- --seconds ${step.seconds} ${step.args}`;
      return step.background ? [`${line} &`, 'sleep 5'] : [line];
    }
    case 'demo':
      return [`npm run demo -- ${step.command}`];
    case 'shell':
      return step.lines;
    default:
      return step satisfies never;
  }
}

const put = (port: number, path: string, body: object): string =>
  `curl -X PUT localhost:${port}/ops/${path} -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;
