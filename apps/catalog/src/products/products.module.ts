import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.ts';
import { ProductsController } from './products.controller.ts';
import { ProductsService } from './products.service.ts';

@Module({ imports: [DatabaseModule], controllers: [ProductsController], providers: [ProductsService] })
export class ProductsModule {}
