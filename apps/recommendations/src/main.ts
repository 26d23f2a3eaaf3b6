import { runService } from '@film-store/platform';
import { recommendations } from './recommendations.ts';

await runService(recommendations);
