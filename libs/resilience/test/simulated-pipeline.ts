import type { VirtualClock } from '@film-store/core/testing';
import type { Call } from '../src/core/call.ts';
import { type Pipeline, type PipelineDeps, createPipeline } from '../src/pipeline.ts';
import { UPSTREAM_POLICY_DEFAULTS, type UpstreamPolicies } from '../src/policy-options.ts';
import { classify, classifyRetry } from '../src/upstream-failure.ts';

interface Simulation extends Partial<Pick<PipelineDeps, 'random' | 'mayHedge' | 'onTransition'>> {
  readonly clock: VirtualClock;
  readonly policies?: Partial<UpstreamPolicies>;
  /** Simulates the upstream. */
  readonly serve: Call<void>;
}

/** Creates all policies of an upstream in virtual time, without randomness unless given. */
export const createSimulatedPipeline = ({ policies, serve, ...deps }: Simulation): Pipeline<void> =>
  createPipeline<void>({ ...UPSTREAM_POLICY_DEFAULTS, ...policies }, serve, {
    random: () => 0.5,
    classify,
    classifyRetry,
    mayHedge: () => true,
    callerRetries: () => false,
    ...deps,
  });

/** Lets only reads be hedged. Orders are critical. */
export const hedgesReads: PipelineDeps['mayHedge'] = ({ priority }) => priority !== 'critical';
