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

/** The application may have no global validation. */
const pipes = [validationPipe()];

@Controller('ops/faults')
@UseGuards(FaultsGuard)
export class FaultsController {
  constructor(private readonly control: FaultControl) {}

  @Get()
  report(): Promise<FaultsReport> {
    return this.control.report();
  }

  /** Restarts a scenario that is active already. */
  @Put()
  async begin(@Body({ schema: faultsRequest, pipes }) request: FaultsRequest): Promise<FaultsReport> {
    await this.control.begin(request);
    return this.control.report();
  }

  @Delete()
  @HttpCode(204)
  async end(@Query({ schema: faultsQuery, pipes }) { scenario }: FaultsQuery): Promise<void> {
    await this.control.end(scenario);
  }
}
