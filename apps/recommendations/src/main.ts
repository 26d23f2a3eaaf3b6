import { runService } from '#libs/platform';
import { recommendations } from './recommendations.ts';

await runService(recommendations);
