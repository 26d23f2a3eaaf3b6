import { Controller, Get, Inject, Param, UseGuards } from '@nestjs/common';
import { type TraceDetail, type TraceSpan, traceDetail, traceId } from '#libs/contracts';
import { Problem } from '#libs/http';
import { Upstream, UpstreamRegistry } from '#libs/resilience';
import { recentTraces, spansOf } from '#libs/telemetry';
import { z } from 'zod';
import { AdminGuard } from './admin.guard.ts';
import { CONFIG, type ServiceConfig } from './config.ts';

/** Injects the names of the upstreams that are services like this one, whose spans it joins to its own. */
export const PEERS = Symbol('peers');

const traceParams = z.strictObject({ traceId });

/** The traces this process still knows, where it keeps any. */
@Controller('ops/traces')
@UseGuards(AdminGuard)
export class TracesController {
  constructor(
    private readonly upstreams: UpstreamRegistry,
    @Inject(PEERS) private readonly peers: readonly string[],
    @Inject(CONFIG) private readonly config: ServiceConfig,
  ) {}

  /** Newest first. */
  @Get()
  recent() {
    return { traces: recentTraces() };
  }

  @Get(':traceId')
  async trace(
    @Param({ schema: traceParams }) { traceId }: z.infer<typeof traceParams>,
  ): Promise<TraceDetail> {
    const asked = await Promise.all(this.peers.map((peer) => this.ask(peer, traceId)));
    const spans = [...spansOf(traceId), ...asked.flatMap(({ spans }) => spans)];
    const missing = asked.flatMap(({ peer, reached }) => (reached ? [] : [peer]));
    if (spans.length === 0 && missing.length === 0) throw new Problem('not-found');
    return { traceId, spans: spans.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)), missing };
  }

  private async ask(
    peer: string,
    traceId: string,
  ): Promise<{ peer: string; reached: boolean; spans: readonly TraceSpan[] }> {
    const upstream = this.upstreams.get(peer);
    if (!(upstream instanceof Upstream)) return { peer, reached: false, spans: [] };
    const { ADMIN_TOKEN } = this.config;
    try {
      const { spans } = await upstream.get(`/ops/traces/${traceId}`, {
        schema: traceDetail,
        expects: ['not-found'],
        headers: ADMIN_TOKEN === undefined ? {} : { authorization: `Bearer ${ADMIN_TOKEN}` },
      });
      return { peer, reached: true, spans };
    } catch (error) {
      return { peer, reached: error instanceof Problem && error.code === 'not-found', spans: [] };
    }
  }
}
