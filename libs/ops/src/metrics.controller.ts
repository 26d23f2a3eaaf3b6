import { Controller, Get, Header } from '@nestjs/common';
import { METRICS_MEDIA_TYPE, metricsText } from '@film-store/telemetry';

@Controller('metrics')
export class MetricsController {
  @Get()
  @Header('content-type', METRICS_MEDIA_TYPE)
  metrics(): Promise<string> {
    return metricsText();
  }
}
