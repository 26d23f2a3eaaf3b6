import { Module } from '@nestjs/common';
import { FilmsModule } from './films/films.module.ts';
import { OrdersModule } from './orders/orders.module.ts';
import { ProductsModule } from './products/products.module.ts';

@Module({ imports: [FilmsModule, ProductsModule, OrdersModule] })
export class AppModule {}
