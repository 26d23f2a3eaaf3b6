import type { Measured } from './benchmark.ts';

/** Formats a value with about three digits and its unit. */
export function formatFigure({ value, unit }: Pick<Measured, 'value' | 'unit'>): string {
  switch (unit) {
    case 'ratio':
      return value.toFixed(2);
    case 'share':
      return `${(value * 100).toFixed(2)} %`;
    case 'count':
      return value.toFixed(0);
    case 'ns':
    case 'µs':
    case 'ms':
    case 's':
    case '/s':
    case 'MiB':
      return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
    default:
      return unit satisfies never;
  }
}

/** Returns whether a goal such as `≤ 0.4` or `≥ 95 %` is reached; `undefined` without a goal or for a goal in words. */
export function isReached({ value, unit, goal = '' }: Measured): boolean | undefined {
  const [, sign, bound, of = ''] = /^([≤≥]) ([\d.]+) ?(\S*)$/.exec(goal) ?? [];
  if (bound === undefined || (of !== '' && of !== '%' && of !== '×' && of !== unit)) return undefined;
  const limit = Number(bound) / (of === '%' ? 100 : 1);
  return sign === '≤' ? value <= limit : value >= limit;
}
