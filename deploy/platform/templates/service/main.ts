import { runService } from '@film-store/service';
import { newService } from './new-service.ts';

await runService(newService);
