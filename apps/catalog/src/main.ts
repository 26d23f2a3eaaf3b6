import { runService } from '@film-store/service';
import { catalog } from './catalog.ts';

await runService(catalog);
