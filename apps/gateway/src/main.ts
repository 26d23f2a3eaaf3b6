import { runService } from '@film-store/service';
import { gateway } from './gateway.ts';

await runService(gateway);
