import { Module } from '@nestjs/common';
import { UpstreamModule } from '@film-store/resilience';
import { CONFIG, serviceTokenHeaders, toUpstreamPolicies } from '@film-store/service';
import type { GatewayConfig } from '../gateway.config.ts';
import { CatalogClient } from './catalog.client.ts';

@Module({
  imports: [
    UpstreamModule.registerAsync({
      name: 'catalog',
      inject: [CONFIG],
      useFactory: (config: GatewayConfig) => ({
        url: config.CATALOG_URL,
        policies: toUpstreamPolicies('catalog', config),
        headers: serviceTokenHeaders(config),
        internal: true,
      }),
    }),
  ],
  providers: [CatalogClient],
  exports: [CatalogClient],
})
export class CatalogModule {}
