import { type LinkFault, type LocalFaults, linkFaults } from './faults.ts';
import type { Supervisor } from './supervisor.ts';

const DEFAULT_MS = 30_000;
/** A fault that is forgotten ends all the same. */
const MAX_MS = 600_000;

export const faultHelp = `pause NAME [TIME]              stops a process where it is, and lets it go on after 30s, or TIME
fault LINK latency TIME [TIME]   a connection whose answers are late; fault LINK bandwidth BYTES [TIME]: narrow;
fault LINK cut|black-hole|reset [TIME]   closed, silent, torn down; fault LINK off ends it`;

/** `fault LINK KIND [AMOUNT] [TIME]` */
export function faultCommand(words: readonly string[], faults: LocalFaults): string {
  const [name = '', what = '', ...rest] = words;
  const link = faults.links.find((candidate) => candidate.name === name);
  if (!link) {
    const names = faults.links.map(({ name }) => name).join(', ');
    return names ? `fault of what? One of ${names}` : 'there is no connection here that can be broken';
  }
  const kind = linkFaults.find((known) => known === what);
  if (!kind) return `which fault? One of ${linkFaults.join(', ')}`;
  const amount = amountOf(kind, rest[0]);
  if (amount === undefined) return kind === 'latency' ? 'how late? 500ms, say' : 'how many bytes a second?';
  const takesAmount = kind === 'latency' || kind === 'bandwidth';
  const ms = durationOf(rest[takesAmount ? 1 : 0]);
  if (ms === undefined) return 'how long? 30s, say; 10m at most';
  faults.breakLink(link, kind, amount, ms);
  return kind === 'off' ? `${name} is whole again` : `${name}: ${kind}, for ${ms / 1000} s`;
}

/** `pause NAME [TIME]` */
export async function pauseCommand(
  supervisor: Supervisor,
  time: string | undefined,
  faults: LocalFaults,
): Promise<string> {
  const ms = durationOf(time);
  if (ms === undefined) return 'how long? 30s, say; 10m at most';
  if (supervisor.pid === undefined) return `${supervisor.name} is not running`;
  await faults.pause(supervisor, ms);
  return `${supervisor.name} is paused, for ${ms / 1000} s`;
}

/** In milliseconds for latency, a number for bandwidth, 0 for what has none; `undefined` where it makes no sense. */
function amountOf(kind: LinkFault, text: string | undefined): number | undefined {
  switch (kind) {
    case 'latency':
      return text === undefined ? undefined : durationOf(text);
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

/** In milliseconds; `undefined` for what is none, or above ten minutes. */
function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return DEFAULT_MS;
  const [, number, unit = ''] = /^(\d{1,6})(ms|s|m)$/.exec(text) ?? [];
  const ms = Number(number) * (units[unit] ?? Number.NaN);
  return ms > 0 && ms <= MAX_MS ? ms : undefined;
}
