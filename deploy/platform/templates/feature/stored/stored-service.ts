import { Module } from '@nestjs/common';
import { defineService, serviceConfig } from '@film-store/service';
import { filesEnv } from '../../store/files/files.config.ts';
import { FilesModule } from '../../store/files/files.module.ts';
import { NewServiceModule } from './new-service.module.ts';

@Module({ imports: [FilesModule, NewServiceModule] })
class StoredModule {}

/** Stands for the definition of a service with a store. */
export const newService = defineService({
  name: 'new-service',
  config: serviceConfig({ port: 3999 }).extend(filesEnv),
  module: StoredModule,
});
