import { runService } from '@film-store/platform';
import { gateway } from './gateway.ts';

await runService(gateway);
