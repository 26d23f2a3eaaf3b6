import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.ts';
import { OrdersController } from './orders.controller.ts';

@Module({ imports: [DatabaseModule], controllers: [OrdersController] })
export class OrdersModule {}
