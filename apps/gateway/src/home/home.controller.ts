import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Home, home } from '@film-store/contracts';
import { UseRoutePolicy } from '@film-store/http-server';
import { ApiSuccess } from '../api/api-responses.ts';
import { POPULAR_MAX_STALE_MS } from '../popular/popular-films.ts';
import { HomeService } from './home.service.ts';

@ApiTags('storefront')
@Controller('api/home')
export class HomeController {
  constructor(private readonly homePage: HomeService) {}

  @Get()
  @UseRoutePolicy({ maxStaleMs: POPULAR_MAX_STALE_MS })
  @ApiOperation({ summary: 'Get the featured films of the home page' })
  @ApiSuccess(200, home, { degradable: true })
  home(): Promise<Home> {
    return this.homePage.home();
  }
}
