import { Module } from '@nestjs/common';
import { NewServiceModule } from '../feature/alone/new-service.module.ts';

@Module({ imports: [NewServiceModule] })
export class AppModule {}
