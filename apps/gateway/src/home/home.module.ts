import { Module } from '@nestjs/common';
import { RecommendationsModule } from '../recommendations/recommendations.module.ts';
import { HomeController } from './home.controller.ts';
import { HomeService } from './home.service.ts';

@Module({ imports: [RecommendationsModule], controllers: [HomeController], providers: [HomeService] })
export class HomeModule {}
