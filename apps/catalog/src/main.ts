import { runService } from '#libs/platform';
import { catalog } from './catalog.ts';

await runService(catalog);
