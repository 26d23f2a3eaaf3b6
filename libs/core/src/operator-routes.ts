import { sharedValue } from './shared-identity.ts';

/** Each path ends with a slash. */
const paths = sharedValue('core/operator-routes', () => new Set(['/health/', '/metrics/', '/ops/']));

/**
 * Adds routes of operators, such as `/docs`, to `/health`, `/metrics` and `/ops`. Each path stands for the routes below
 * it too, except `/`. Applies to the whole process.
 */
export function addOperatorRoutes(routes: readonly string[]): void {
  for (const route of routes) paths.add(`${route}/`);
}

/**
 * Returns whether a route serves operators. These routes have no deadline and no fault, are not in the API
 * documentation and start no trace.
 */
export function isOperatorRoute(route: string): boolean {
  const withSlash = `${route}/`;
  for (const path of paths) if (withSlash.startsWith(path)) return true;
  return false;
}
