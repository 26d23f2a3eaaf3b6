import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.ts';
import { ProductsController } from './products.controller.ts';

@Module({ imports: [DatabaseModule], controllers: [ProductsController] })
export class ProductsModule {}
