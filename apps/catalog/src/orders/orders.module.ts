import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.ts';
import { KeyRetention } from './key-retention.ts';
import { OrdersController } from './orders.controller.ts';
import { OrdersService } from './orders.service.ts';

@Module({
  imports: [DatabaseModule],
  controllers: [OrdersController],
  providers: [OrdersService, KeyRetention],
})
export class OrdersModule {}
