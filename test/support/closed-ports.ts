import { forEachService } from '../../deploy/local/services.ts';

/** Ports without a listener, for services that do not run. */
export const CLOSED_PORTS = forEachService(() => 1);
