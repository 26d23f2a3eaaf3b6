import { runService } from '#libs/platform';
import { gateway } from './gateway.ts';

await runService(gateway);
