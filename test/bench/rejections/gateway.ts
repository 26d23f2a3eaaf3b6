/*
 * The gateway with one more route, whose requests never end. With a limit of one request in flight it sheds all other
 * requests. Node strips types but no decorators, so this file is compiled before it runs.
 */
import { Controller, Get, Module } from '@nestjs/common';
import { UseRoutePolicy } from '@film-store/http-server';
import { runService } from '@film-store/service';
import { AppModule } from '../../../apps/gateway/src/app.module.ts';
import { gateway } from '../../../apps/gateway/src/gateway.ts';

@Controller('held')
class HeldController {
  @Get()
  @UseRoutePolicy({ budgetMs: 3_600_000, priority: 'critical' })
  hold(): Promise<never> {
    return Promise.withResolvers<never>().promise;
  }
}

@Module({ imports: [AppModule], controllers: [HeldController] })
class FullModule {}

await runService({ ...gateway, module: FullModule });
