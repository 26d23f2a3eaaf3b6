import { Module } from '@nestjs/common';
import { NewServiceRepository } from '../../store/files/new-service.repository.ts';
import { NewServiceController } from './new-service.controller.ts';
import { NewServiceService } from './new-service.service.ts';

@Module({ controllers: [NewServiceController], providers: [NewServiceService, NewServiceRepository] })
export class NewServiceModule {}
