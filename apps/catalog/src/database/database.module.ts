import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { DatabaseConnection } from './database-connection.ts';
import { QueryErrorInterceptor } from './query-error.interceptor.ts';
import { ReadConnection } from './read-connection.ts';
import { ReplicaConnection } from './replica-connection.ts';

@Module({
  providers: [
    DatabaseConnection,
    ReadConnection,
    ReplicaConnection,
    { provide: APP_INTERCEPTOR, useClass: QueryErrorInterceptor },
  ],
  exports: [DatabaseConnection, ReadConnection],
})
export class DatabaseModule {}
