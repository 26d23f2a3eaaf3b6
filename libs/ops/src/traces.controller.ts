import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { findSpans, recentTraces, type TraceDetail, traceDetail, traceId } from '@film-store/telemetry';
import { Problem } from '@film-store/problem';
import { z } from 'zod';
import { AdminGuard } from './operators.ts';
import { Peers, splitResults } from './peers.ts';

const traceParams = z.strictObject({ traceId });

/** Shows the latest traces, which the process keeps with `TRACES_RING=true`. */
@Controller('ops/traces')
@UseGuards(AdminGuard)
export class TracesController {
  constructor(private readonly peers: Peers) {}

  @Get()
  recent() {
    return { traces: recentTraces() };
  }

  @Get(':traceId')
  async trace(
    @Param({ schema: traceParams }) { traceId }: z.infer<typeof traceParams>,
  ): Promise<TraceDetail> {
    const results = await this.peers.call((client) =>
      client.get(`/ops/traces/${traceId}`, { schema: traceDetail, passThroughProblems: ['not-found'] }),
    );
    const { responses, failures } = splitResults(results);
    const spans = [...findSpans(traceId), ...responses.flatMap(({ spans }) => spans)];
    const failed = failures.filter(({ error }) => !(error instanceof Problem && error.code === 'not-found'));
    const missing = [...new Set(failed.map(({ peer }) => peer))];
    if (spans.length === 0 && missing.length === 0) throw new Problem('not-found');
    return { traceId, spans: spans.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)), missing };
  }
}
