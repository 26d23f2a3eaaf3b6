import { Body, Controller, Delete, Get, HttpCode, Put, Query, UseGuards } from '@nestjs/common';
import {
  type FaultsOrder,
  type FaultsQuery,
  type FaultsReport,
  faultsOrder,
  faultsQuery,
} from '@film-store/fault-injection';
import { AdminGuard } from './admin.guard.ts';
import { FaultControl } from './fault-control.ts';

/** Breaks the service on purpose, and mends it. */
@Controller('ops/faults')
@UseGuards(AdminGuard)
export class FaultsController {
  constructor(private readonly control: FaultControl) {}

  @Get()
  report(): Promise<FaultsReport> {
    return this.control.report();
  }

  /** A scenario that is there already begins anew. */
  @Put()
  async begin(@Body({ schema: faultsOrder }) order: FaultsOrder): Promise<FaultsReport> {
    await this.control.begin(order);
    return this.control.report();
  }

  @Delete()
  @HttpCode(204)
  async end(@Query({ schema: faultsQuery }) { scenario }: FaultsQuery): Promise<void> {
    await this.control.end(scenario);
  }
}
