import { mkdir } from 'node:fs/promises';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HealthRegistry, diskIndicator } from '@film-store/health';
import { CONFIG } from '@film-store/service';
import type { FilesConfig } from './files.config.ts';

/** Creates the directory of the service and checks its free space. */
@Module({})
export class FilesModule implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: FilesConfig,
    private readonly health: HealthRegistry,
  ) {}

  async onModuleInit(): Promise<void> {
    await mkdir(this.config.DATA_DIR, { recursive: true });
    this.health.register(diskIndicator(this.config.DATA_DIR));
  }
}
