import { Module, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { StartUp } from '@film-store/service';
import { DatabaseConnection } from '../database/database-connection.ts';
import { DatabaseModule } from '../database/database.module.ts';
import { importFilms } from './films.repository.ts';

/** Fills an empty database with films before the service is ready. */
@Module({ imports: [DatabaseModule] })
export class FilmsModule implements OnModuleInit {
  constructor(
    private readonly database: DatabaseConnection,
    private readonly startUp: StartUp,
    private readonly logger: PinoLogger,
  ) {}

  onModuleInit(): void {
    this.startUp.add(async () => {
      const report = await importFilms(this.database.db);
      if (report) this.logger.info({ event: 'films.imported', ...report }, `imported ${report.taken} films`);
    });
  }
}
