import { formatCount } from '../bench/scale/sizes.ts';
import { readRecorded } from '../bench/result.ts';
import { formatText } from '../../deploy/platform/format.ts';
import type { GeneratedFile } from '../../deploy/platform/generated.ts';
import { toTable } from '../../deploy/platform/markdown.ts';

const BLOCK = /(?<=<!-- capacity:begin -->\n)[^]*?(?=<!-- capacity:end -->)/;

/** A replica has one event loop, so at most about one core, and its latency rises fast when more than this is in use. */
const CORES = 0.7;

interface Capacity {
  /** The work that a replica does, in the plural. */
  readonly work: string;
  readonly service: string;
  readonly benchmark: string;
  /** Name of the figure with the processor time. */
  readonly figure: string;
}

const capacities: readonly Capacity[] = [
  {
    work: 'product pages',
    service: 'gateway',
    benchmark: 'gateway-overhead',
    figure: 'our gateway: CPU per page',
  },
  { work: 'products', service: 'catalog', benchmark: 'scale', figure: 'CPU of a product (medium)' },
  { work: 'orders', service: 'catalog', benchmark: 'scale', figure: 'CPU of an order (medium)' },
  // #region part: recommendations
  {
    work: 'recommendations that are not cached',
    service: 'recommendations',
    benchmark: 'scale',
    figure: 'CPU of a cold response (medium)',
  },
  {
    work: 'orders of ten lines to count',
    service: 'recommendations',
    benchmark: 'scale',
    figure: 'CPU of an order of 10 lines (medium)',
  },
  // #endregion part: recommendations
];

/** Renders what a replica can do each second, from the recorded results below `root`. */
export function renderCapacities(root = '.'): string {
  const rows = capacities.map(({ work, service, benchmark, figure }) => {
    const ms = readMs(benchmark, figure, root);
    const source = `[${benchmark}](../measurements.md#${benchmark})`;
    return ms === undefined
      ? [work, service, 'not recorded yet', '', `\`npm run bench -- --record ${benchmark}\``]
      : [work, service, `${ms.toPrecision(2)} ms`, formatCount(roundDown((CORES * 1000) / ms)), source];
  });
  return toTable(['each second', 'a replica of', 'CPU of one', `${CORES} cores ÷ CPU`, 'measured by'], rows);
}

/** Replaces the generated block of the page about sizes. */
export const replaceCapacities = (page: string, root = '.'): string =>
  page.replace(BLOCK, () => `\n${renderCapacities(root)}\n\n`);

export const capacityPage = (root = '.'): GeneratedFile => {
  const path = 'docs/how-to/size-the-stores.md';
  return {
    path,
    render: (current = '') => formatText(root, path, replaceCapacities(current, root)),
  };
};

/** Returns a recorded figure in milliseconds. */
function readMs(benchmark: string, figure: string, root: string): number | undefined {
  const found = readRecorded(benchmark, root)?.measured.find(({ name }) => name === figure);
  if (!found) return undefined;
  return found.unit === 'µs' ? found.value / 1000 : found.value;
}

/** Rounds down to two digits, because the figures of machines differ by more. */
function roundDown(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.floor(value / step) * step;
}
