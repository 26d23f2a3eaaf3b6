import { Module } from '@nestjs/common';
import { DatabaseWriter } from './database-writer.ts';

@Module({ providers: [DatabaseWriter], exports: [DatabaseWriter] })
export class DatabaseModule {}
