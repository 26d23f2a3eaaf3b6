import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import {
  type NewService,
  type NewServiceEntry,
  type NewServiceQuery,
  newServiceEntry,
  newServiceQuery,
} from '../../contracts/new-service.ts';
import { NewServiceService } from './new-service.service.ts';

@Controller('new-service')
export class NewServiceController {
  constructor(private readonly newService: NewServiceService) {}

  @Get()
  find(@Query({ schema: newServiceQuery }) { productId }: NewServiceQuery): Promise<NewService> {
    return this.newService.find(productId);
  }

  @Post()
  @HttpCode(204)
  async add(
    @Query({ schema: newServiceQuery }) { productId }: NewServiceQuery,
    @Body({ schema: newServiceEntry }) entry: NewServiceEntry,
  ): Promise<void> {
    await this.newService.add(productId, entry);
  }
}
