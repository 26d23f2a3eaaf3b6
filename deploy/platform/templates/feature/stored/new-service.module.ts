import { Module } from '@nestjs/common';
import { NewServiceRepository } from '../../store/files/new-service.repository.ts';
// #region call
import { CalledServiceModule } from '../../upstream/called-service.module.ts';
// #endregion call
import { NewServiceController } from './new-service.controller.ts';
import { NewServiceService } from './new-service.service.ts';

@Module({
  // #region call
  imports: [CalledServiceModule],
  // #endregion call
  controllers: [NewServiceController],
  providers: [NewServiceService, NewServiceRepository],
})
export class NewServiceModule {}
