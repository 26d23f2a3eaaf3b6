import { Module } from '@nestjs/common';
import { CalledServiceModule } from '../../upstream/called-service.module.ts';
import { NewServiceController } from '../new-service.controller.ts';
import { NewServiceService } from './new-service.service.ts';

@Module({
  imports: [CalledServiceModule],
  controllers: [NewServiceController],
  providers: [NewServiceService],
})
export class NewServiceModule {}
