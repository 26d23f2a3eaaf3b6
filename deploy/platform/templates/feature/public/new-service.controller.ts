import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  type NewService,
  type NewServiceQuery,
  newService,
  newServiceQuery,
} from '../../contracts/new-service.ts';
import { ApiProblems, ApiSuccess } from '../../../../../apps/gateway/src/api/api-responses.ts';
import { NewServiceService } from '../alone/new-service.service.ts';

@ApiTags('storefront')
@Controller('api/new-service')
export class NewServiceController {
  constructor(private readonly newServiceService: NewServiceService) {}

  @Get()
  @ApiOperation({ summary: 'List the entries about a product' })
  @ApiSuccess(200, newService)
  @ApiProblems('validation-failed')
  find(@Query({ schema: newServiceQuery }) { productId }: NewServiceQuery): Promise<NewService> {
    return this.newServiceService.find(productId);
  }
}
