import { defineService } from '@film-store/platform';
import { catalogConfig } from './catalog.config.ts';
import { CatalogModule } from './catalog.module.ts';

export const catalog = defineService({ name: 'catalog', config: catalogConfig, module: CatalogModule });
