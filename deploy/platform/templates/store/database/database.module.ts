import { Module } from '@nestjs/common';
import { DatabaseConnection } from './database-connection.ts';

@Module({ providers: [DatabaseConnection], exports: [DatabaseConnection] })
export class DatabaseModule {}
