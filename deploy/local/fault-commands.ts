import { type LinkFault, type LocalFaults, linkFaults } from './faults.ts';
import type { Supervisor } from './supervisor.ts';

const INVALID_TIME = 'the time must be like 30s, at most 10m';
const DEFAULT_MS = 30_000;
/** Longest duration. A fault always ends by itself. */
const MAX_MS = 600_000;

export const faultHelp = `pause NAME [TIME]                        pauses a process for TIME, such as 10s (default 30s)
fault LINK latency DELAY [TIME]          delays the replies of a connection, such as by 500ms
fault LINK bandwidth BYTES [TIME]        limits a connection to BYTES per second
fault LINK cut|black-hole|reset [TIME]   closes, silences or resets a connection
fault LINK off                           ends the fault`;

/** `fault LINK KIND [AMOUNT] [TIME]` */
export function faultCommand(words: readonly string[], faults: LocalFaults): string {
  const [name = '', what = '', ...rest] = words;
  const link = faults.links.find((candidate) => candidate.name === name);
  if (!link) {
    const names = faults.links.map(({ name }) => name).join(', ');
    return names ? `fault needs one of ${names}` : 'this demo has no connection for faults';
  }
  const kind = linkFaults.find((known) => known === what);
  if (!kind) return `the fault must be one of ${linkFaults.join(', ')}`;
  const amount = parseAmount(kind, rest[0]);
  if (amount === undefined)
    return kind === 'latency'
      ? 'latency needs a delay, for example 500ms'
      : 'bandwidth needs bytes per second';
  const takesAmount = kind === 'latency' || kind === 'bandwidth';
  const ms = parseDuration(rest[takesAmount ? 1 : 0]);
  if (ms === undefined) return INVALID_TIME;
  faults.breakLink(link, kind, amount, ms);
  return kind === 'off' ? `${name}: the fault ended` : `${name}: ${kind} for ${ms / 1000} s`;
}

/** `pause NAME [TIME]` */
export async function pauseCommand(
  supervisor: Supervisor,
  time: string | undefined,
  faults: LocalFaults,
): Promise<string> {
  const ms = parseDuration(time);
  if (ms === undefined) return INVALID_TIME;
  if (supervisor.pid === undefined) return `${supervisor.name} is not running`;
  await faults.pause(supervisor, ms);
  return `${supervisor.name} is paused for ${ms / 1000} s`;
}

/** Returns milliseconds of latency, bytes per second of bandwidth, or 0. Returns `undefined` for an invalid amount. */
function parseAmount(kind: LinkFault, text: string | undefined): number | undefined {
  switch (kind) {
    case 'latency':
      return text === undefined ? undefined : parseDuration(text);
    case 'bandwidth':
      return /^[1-9]\d{0,8}$/.test(text ?? '') ? Number(text) : undefined;
    case 'cut':
    case 'black-hole':
    case 'reset':
    case 'off':
      return 0;
    default:
      return kind satisfies never;
  }
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** Returns milliseconds. Returns `undefined` for an invalid time and above ten minutes. */
export function parseDuration(text: string | undefined): number | undefined {
  if (text === undefined) return DEFAULT_MS;
  const [, number, unit = ''] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? [];
  const ms = Number(number) * (units[unit] ?? Number.NaN);
  return ms > 0 && ms <= MAX_MS ? ms : undefined;
}
