import { z } from 'zod';
import type { Upstream } from '#libs/resilience';

const alive = z.object({ status: z.literal('ok') });

/** A health check of another service: is it there at all? Its own dependencies are its own to report. */
export async function probe(upstream: Upstream): Promise<Record<string, unknown>> {
  await upstream.get('/health/live', { schema: alive });
  return {};
}
