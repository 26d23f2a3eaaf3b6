import { Body, Controller, Delete, Get, HttpCode, Put, Query, UseGuards } from '@nestjs/common';
import { validationPipe } from '@film-store/problem';
import { FaultControl } from './fault-control.ts';
import { FaultsGuard } from './faults.guard.ts';
import {
  type FaultsQuery,
  type FaultsReport,
  type FaultsRequest,
  faultsQuery,
  faultsRequest,
} from './report.ts';

/** An application may validate nothing by itself. */
const pipes = [validationPipe()];

/** Begins and ends faults, and lists them. */
@Controller('ops/faults')
@UseGuards(FaultsGuard)
export class FaultsController {
  constructor(private readonly control: FaultControl) {}

  @Get()
  report(): Promise<FaultsReport> {
    return this.control.report();
  }

  /** Starts a scenario again that is active already. */
  @Put()
  async begin(@Body({ schema: faultsRequest, pipes }) order: FaultsRequest): Promise<FaultsReport> {
    await this.control.begin(order);
    return this.control.report();
  }

  @Delete()
  @HttpCode(204)
  async end(@Query({ schema: faultsQuery, pipes }) { scenario }: FaultsQuery): Promise<void> {
    await this.control.end(scenario);
  }
}
