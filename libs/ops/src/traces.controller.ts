import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { findSpans, recentTraces, type TraceDetail, traceDetail, traceId } from '@film-store/telemetry';
import { Problem } from '@film-store/problem';
import { z } from 'zod';
import { AdminGuard } from './operators.ts';
import { Peers } from './peers.ts';

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
    const peerSpans = results.flatMap((each) => ('response' in each ? each.response.spans : []));
    const spans = [...findSpans(traceId), ...peerSpans];
    const failed = results.filter((each) => 'error' in each && !isNotFound(each.error));
    const missing = [...new Set(failed.map(({ peer }) => peer))];
    if (spans.length === 0 && missing.length === 0) throw new Problem('not-found');
    return { traceId, spans: spans.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)), missing };
  }
}

const isNotFound = (error: unknown): boolean => error instanceof Problem && error.code === 'not-found';
