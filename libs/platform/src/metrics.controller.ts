import { Controller, Get, Header } from '@nestjs/common';
import { METRICS_MEDIA_TYPE, metricsText } from '#libs/telemetry';

@Controller('metrics')
export class MetricsController {
  @Get()
  @Header('content-type', METRICS_MEDIA_TYPE)
  metrics(): Promise<string> {
    return metricsText();
  }
}
