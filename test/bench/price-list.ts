import { called } from '../../deploy/local/services.ts';
import type { Benchmark, Measured } from './benchmark.ts';
import { measurePrices, priceLoad } from './prices/measure-prices.ts';
import { PAGES_PER_SECOND, formatMoney } from './prices/money.ts';
import { PRICE_COLUMNS, toPriceRows } from './prices/to-rows.ts';
import { readRecorded } from './result.ts';

/** Costs of each defense alone, beside what it saved in the recorded ablation. */
export const priceListBenchmark: Benchmark = {
  name: 'price-list',
  question: 'What does each defense cost?',
  load: `${priceLoad}; ${called.length} calls per page, ${PAGES_PER_SECOND} pages/s. Redis round trips and effects are those of the recorded runs of idempotency and ablation`,
  async run(report, { vcpuHour, gibHour }) {
    const prices = await measurePrices(report);
    const cells = readRecorded('ablation')?.cells ?? [];
    const roundTrips = readRecorded('idempotency')?.measured.find(
      ({ name }) => name === 'Redis round trips per order',
    )?.value;
    const rows = toPriceRows({
      prices,
      money: { vcpuHour, gibHour },
      callsPerPage: called.length,
      cells,
      roundTrips,
    });
    return {
      measured: prices.map(({ defense, per, cpuUs }): Measured => ({
        name: `${defense}: CPU per ${per}`,
        unit: 'µs',
        value: cpuUs,
      })),
      tables: [
        {
          title: `Price list, at an assumed ${formatMoney(vcpuHour)} per vCPU hour and ${formatMoney(gibHour)} per GiB hour`,
          columns: PRICE_COLUMNS,
          rows,
        },
      ],
    };
  },
};
