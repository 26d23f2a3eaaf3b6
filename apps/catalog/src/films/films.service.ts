import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { ReadinessTasks } from '@film-store/service';
import { DatabaseConnection } from '../database/database-connection.ts';
import { importFilms } from './films.repository.ts';

/** Imports the films into an empty database before the service is ready. */
@Injectable()
export class FilmsService implements OnModuleInit {
  constructor(
    private readonly database: DatabaseConnection,
    private readonly readinessTasks: ReadinessTasks,
    private readonly logger: PinoLogger,
  ) {}

  onModuleInit(): void {
    this.readinessTasks.add(() => this.#import());
  }

  async #import(): Promise<void> {
    const report = await importFilms(this.database.db);
    if (report) this.logger.info({ event: 'films.imported', ...report }, `imported ${report.taken} films`);
  }
}
