import { Module } from '@nestjs/common';
import { UpstreamModule } from '@film-store/resilience';
import { CONFIG, toServiceUpstream } from '@film-store/service';
import type { GatewayConfig } from '../gateway.config.ts';
import { CatalogClient } from './catalog.client.ts';

@Module({
  imports: [
    UpstreamModule.registerAsync({
      name: 'catalog',
      inject: [CONFIG],
      useFactory: (config: GatewayConfig) => toServiceUpstream('catalog', config),
    }),
  ],
  providers: [CatalogClient],
  exports: [CatalogClient],
})
export class CatalogModule {}
