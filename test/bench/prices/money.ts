/** Prices of a provider, in the same currency. */
export interface Prices {
  readonly vcpuHour: number;
  readonly gibHour: number;
}

const HOUR_S = 3600;
const MIB_PER_GIB = 1024;
const PAGES = 1_000_000;

/** Pages per second of one process, which determine how long it holds its memory for a million pages. */
export const PAGES_PER_SECOND = 100;

/** Returns the price of a million pages. @param cpuUs CPU time per page in microseconds @param memoryMiB held all the time */
export function toMoney(cpuUs: number, memoryMiB: number, { vcpuHour, gibHour }: Prices): number {
  const cpuHours = (cpuUs * PAGES) / 1e6 / HOUR_S;
  const memoryHours = PAGES / PAGES_PER_SECOND / HOUR_S;
  return cpuHours * vcpuHour + memoryHours * (memoryMiB / MIB_PER_GIB) * gibHour;
}

/** Formats a price with two significant digits, without an exponent. */
export const formatMoney = (money: number): string =>
  money === 0 ? '0' : money.toFixed(Math.max(2, 1 - Math.floor(Math.log10(Math.abs(money)))));
