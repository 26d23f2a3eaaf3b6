import { findReasonToBuild } from '../../deploy/local/find-reason-to-build.ts';
import { root } from '../../deploy/local/services.ts';

/**
 * Vitest's global setup for specs that start built services. The compiler itself decides whether the build is current.
 * @throws Error with the first reason if it is absent, or older than the sources
 */
export default function requireBuild(): void {
  const reason = findReasonToBuild(root);
  if (reason === undefined) return;
  throw new Error(
    `These specs start built services, and the build is not current: run npm run build\n${reason}`,
  );
}
