import { Module } from '@nestjs/common';
import { UpstreamModule } from '@film-store/resilience';
import { CONFIG, serviceTokenHeaders } from '@film-store/service';
import type { GatewayConfig } from '../gateway.config.ts';
import { CatalogClient } from './catalog.client.ts';

@Module({
  imports: [
    UpstreamModule.register({
      name: 'catalog',
      config: CONFIG,
      url: (config: GatewayConfig) => config.CATALOG_URL,
      headers: serviceTokenHeaders,
      internal: true,
    }),
  ],
  providers: [CatalogClient],
  exports: [CatalogClient],
})
export class CatalogModule {}
