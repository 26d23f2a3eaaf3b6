import { Controller, Get, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { HealthModule, LifecycleState } from '@film-store/health';
import { RedisModule } from '@film-store/redis';
import { HttpUpstream, InjectUpstream, UpstreamModule, UpstreamRegistry } from '@film-store/resilience';
import { z } from 'zod';

const phase = new LifecycleState();

@Controller()
class WeatherController {
  constructor(
    @InjectUpstream('weather') private readonly weather: HttpUpstream,
    private readonly upstreams: UpstreamRegistry,
  ) {}

  @Get('forecast')
  forecast() {
    return this.weather.get('/forecast', { schema: z.object({ city: z.string() }) });
  }

  @Get('upstreams')
  names() {
    return this.upstreams.all().map(({ name }) => name);
  }
}

/** Uses a `resilience` package that is not the copy in the tarball of `redis`. */
@Module({
  imports: [
    HealthModule.register(phase),
    RedisModule.forRoot({ url: process.env.REDIS_URL }),
    UpstreamModule.register('weather', { url: process.env.UPSTREAM_URL ?? '' }),
  ],
  controllers: [WeatherController],
})
export class AppModule implements OnApplicationBootstrap {
  onApplicationBootstrap() {
    phase.serve();
  }
}
