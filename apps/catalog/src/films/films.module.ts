import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.ts';
import { FilmsService } from './films.service.ts';

@Module({ imports: [DatabaseModule], providers: [FilmsService] })
export class FilmsModule {}
