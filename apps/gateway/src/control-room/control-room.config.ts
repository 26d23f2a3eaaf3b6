import { httpUrl } from '@film-store/service';
import { z } from 'zod';

export const controlRoomEnv = {
  CONTROL_ROOM: z
    .stringbool()
    .prefault('false')
    .describe('Serves the control room at `/`: a page that shows the store and the state of the system.'),
  JAEGER_URL: httpUrl
    .optional()
    .describe('Address of Jaeger. The control room links traces to JAEGER_URL/trace/ID.'),
  GRAFANA_URL: httpUrl
    .optional()
    .describe('Address of the Grafana dashboards. The control room links to it.'),
  COMPARE_URL: httpUrl
    .refine((url) => URL.parse(url)?.hostname === 'localhost', 'must be an address of localhost')
    .optional()
    .describe('Address of the page of comparisons, which `npm run demo` sets. The control room links to it.'),
};

/** Routes of the page, which works while the public API sheds requests. */
export const controlRoomRoutes = ['/', '/control-room'];
