import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import { recentTraces, spansOf, type TraceDetail, traceDetail, traceId } from '@film-store/telemetry';
import { Problem } from '@film-store/problem';
import { z } from 'zod';
import { AdminGuard } from './admin.guard.ts';
import { Peers } from './peers.ts';

const traceParams = z.strictObject({ traceId });

/** The traces this process still knows, where it keeps any. */
@Controller('ops/traces')
@UseGuards(AdminGuard)
export class TracesController {
  constructor(private readonly peers: Peers) {}

  /** Newest first. */
  @Get()
  recent() {
    return { traces: recentTraces() };
  }

  @Get(':traceId')
  async trace(
    @Param({ schema: traceParams }) { traceId }: z.infer<typeof traceParams>,
  ): Promise<TraceDetail> {
    const asked = await this.peers.ask((control) =>
      control.get(`/ops/traces/${traceId}`, { schema: traceDetail, passThroughProblems: ['not-found'] }),
    );
    const spans = [
      ...spansOf(traceId),
      ...asked.flatMap((each) => ('answer' in each ? each.answer.spans : [])),
    ];
    const away = asked.flatMap((each) => ('error' in each && !isUnknown(each.error) ? [each.peer] : []));
    const missing = [...new Set(away)];
    if (spans.length === 0 && missing.length === 0) throw new Problem('not-found');
    return { traceId, spans: spans.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)), missing };
  }
}

const isUnknown = (error: unknown): boolean => error instanceof Problem && error.code === 'not-found';
