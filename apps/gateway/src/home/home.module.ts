import { Module } from '@nestjs/common';
import { PopularModule } from '../popular/popular.module.ts';
import { HomeController } from './home.controller.ts';
import { HomeService } from './home.service.ts';

@Module({ imports: [PopularModule], controllers: [HomeController], providers: [HomeService] })
export class HomeModule {}
