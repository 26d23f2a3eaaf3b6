import { parseArgs } from 'node:util';
import { z } from 'zod';

export const USAGE =
  'npm run load -- [--rps 1..1000] [--seconds 1..600] [--orders 0..1] [http://localhost:PORT/PATH …]';

const STORE = 'http://localhost:3000';
const PAGES = [`${STORE}/api/home`, `${STORE}/api/products`, `${STORE}/api/products/the-dark-knight-2008`];

const wholeNumber = (max: number, fallback: number) => {
  const error = `must be a whole number from 1 to ${max}`;
  return z
    .stringFormat('number', /^[1-9]\d{0,8}$/, error)
    .transform(Number)
    .refine((n) => n <= max, error)
    .default(fallback);
};
const SHARE = 'must be a fraction from 0 to 1';
const settings = z.strictObject({
  rps: wholeNumber(1000, 50),
  seconds: wholeNumber(600, 20),
  orders: z
    .stringFormat('share', /^(?:0|1|0?\.\d{1,6})$/, SHARE)
    .transform(Number)
    .default(0),
  urls: z.array(
    z.url({
      protocol: /^http$/,
      hostname: /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/,
      error: 'must be an http address of this machine',
    }),
  ),
});

/** A load on each of the addresses in turn, all on this machine. */
export interface Settings {
  /** Requests per second, sent whether or not earlier ones have responses. */
  readonly rps: number;
  readonly seconds: number;
  /** Fraction of the requests, 0 to 1, that are orders. */
  readonly orders: number;
  readonly urls: readonly string[];
}

/** @throws Error that lists all invalid arguments */
export function parseSettings(args: readonly string[]): Settings {
  const options = {
    rps: { type: 'string' },
    seconds: { type: 'string' },
    orders: { type: 'string' },
  } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, strict: false });
  const parsed = settings.safeParse({ ...values, urls: positionals.length > 0 ? positionals : PAGES });
  if (parsed.success) return parsed.data;
  throw new Error(`${z.prettifyError(parsed.error)}\nusage: ${USAGE}`);
}
