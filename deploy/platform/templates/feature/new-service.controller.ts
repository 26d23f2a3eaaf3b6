import { Controller, Get, Query } from '@nestjs/common';
import { type NewService, type NewServiceQuery, newServiceQuery } from '../contracts/new-service.ts';
import { NewServiceService } from './alone/new-service.service.ts';

@Controller('new-service')
export class NewServiceController {
  constructor(private readonly newService: NewServiceService) {}

  @Get()
  find(@Query({ schema: newServiceQuery }) { productId }: NewServiceQuery): Promise<NewService> {
    return this.newService.find(productId);
  }
}
