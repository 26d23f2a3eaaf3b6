import { Module } from '@nestjs/common';
import { NewServiceController } from '../new-service.controller.ts';
import { NewServiceService } from './new-service.service.ts';

@Module({ controllers: [NewServiceController], providers: [NewServiceService] })
export class NewServiceModule {}
