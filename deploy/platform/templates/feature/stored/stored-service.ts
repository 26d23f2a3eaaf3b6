import { Module } from '@nestjs/common';
import { defineService, serviceConfig, serviceUpstreamEnv } from '@film-store/service';
import { filesEnv } from '../../store/files/files.config.ts';
import { FilesModule } from '../../store/files/files.module.ts';
import { NewServiceModule } from './new-service.module.ts';

@Module({ imports: [FilesModule, NewServiceModule] })
class StoredModule {}

/** Stands for the definition of a service with a store, which calls another one. */
export const newService = defineService({
  name: 'new-service',
  config: serviceConfig({ port: 3999 }).extend({
    ...filesEnv,
    ...serviceUpstreamEnv('called-service', { url: 'http://localhost:3998' }),
  }),
  module: StoredModule,
});
