import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.ts';
import { CatalogModule } from '../catalog/catalog.module.ts';
import { OrdersController } from './orders.controller.ts';
import { OrdersEnabledGuard } from './orders-enabled.guard.ts';
import { OrdersService } from './orders.service.ts';

@Module({
  imports: [AuthModule, CatalogModule],
  controllers: [OrdersController],
  providers: [OrdersEnabledGuard, OrdersService],
})
export class OrdersModule {}
