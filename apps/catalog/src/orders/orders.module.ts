import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.ts';
import { KeyRetention } from './key-retention.ts';
import { OrdersController } from './orders.controller.ts';

@Module({ imports: [DatabaseModule], controllers: [OrdersController], providers: [KeyRetention] })
export class OrdersModule {}
