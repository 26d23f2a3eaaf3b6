import { runService } from '@film-store/service';
import { recommendations } from './recommendations.ts';

await runService(recommendations);
