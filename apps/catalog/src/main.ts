import { runService } from '@film-store/platform';
import { catalog } from './catalog.ts';

await runService(catalog);
