import { Module } from '@nestjs/common';
import { CatalogModule } from '../catalog/catalog.module.ts';
import { LastKnownGoodModule } from '../last-known-good/last-known-good.module.ts';
import { PagePartsModule } from './page-parts.module.ts';
import { ProductsController } from './products.controller.ts';
import { ProductsService } from './products.service.ts';

@Module({
  imports: [CatalogModule, LastKnownGoodModule, PagePartsModule],
  controllers: [ProductsController],
  providers: [ProductsService],
})
export class ProductsModule {}
