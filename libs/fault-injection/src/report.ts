import { z } from 'zod';
import { MAX_ACTIVE, fault, seed, ttl } from './fault.ts';

const activeFault = z.object({
  id: z.string(),
  service: z.string(),
  scenario: z.string().optional(),
  fault,
  startedAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  remainingMs: z.number(),
});
export type ActiveFault = Readonly<z.infer<typeof activeFault>>;

/** Response of `GET /ops/faults`: the scenarios that can start, and the active faults. */
export const faultsReport = z.object({
  scenarios: z.array(z.object({ name: z.string(), title: z.string(), expect: z.string() })),
  active: z.array(activeFault),
  /** Services that did not respond. */
  unreachable: z.array(z.string()),
});
export type FaultsReport = z.infer<typeof faultsReport>;

const scenario = z.string().max(100);

/** Body of `PUT /ops/faults`: a scenario, or faults for this service only. */
export const faultsRequest = z
  .strictObject({
    scenario: scenario.optional(),
    faults: z.array(fault).min(1).max(MAX_ACTIVE).optional(),
    ttlMs: ttl.optional(),
    seed: seed.optional(),
  })
  .refine(({ scenario, faults }) => (scenario === undefined) !== (faults === undefined), {
    message: 'must have either a scenario or faults',
  });
export type FaultsRequest = z.infer<typeof faultsRequest>;

/** Query of `DELETE /ops/faults?scenario=NAME`. */
export const faultsQuery = z.strictObject({ scenario: scenario.optional() });
export type FaultsQuery = z.infer<typeof faultsQuery>;
