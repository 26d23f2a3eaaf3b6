import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { DatabaseConnection } from './database-connection.ts';
import { QueryErrorInterceptor } from './query-error.interceptor.ts';

@Module({
  providers: [DatabaseConnection, { provide: APP_INTERCEPTOR, useClass: QueryErrorInterceptor }],
  exports: [DatabaseConnection],
})
export class DatabaseModule {}
