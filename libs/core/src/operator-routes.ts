import { sharedValue } from './shared-identity.ts';

/** Each path ends with a slash. */
const paths = sharedValue('core/operator-routes', () => new Set(['/health/', '/metrics/', '/ops/']));
/** The result for each route, because every request needs it. */
const results = sharedValue('core/operator-route-results', () => new Map<string, boolean>());

/**
 * Adds routes of operators, such as `/docs`, to `/health`, `/metrics` and `/ops`. Each path stands for the routes below
 * it too, except `/`. Applies to the whole process.
 */
export function addOperatorRoutes(routes: readonly string[]): void {
  for (const route of routes) paths.add(`${route}/`);
  results.clear();
}

/**
 * Returns whether a route serves operators. These routes have no deadline and no fault, are not in the API
 * documentation and start no trace.
 */
export function isOperatorRoute(route: string): boolean {
  const known = results.get(route);
  if (known !== undefined) return known;
  const withSlash = `${route}/`;
  const result = [...paths].some((path) => withSlash.startsWith(path));
  results.set(route, result);
  return result;
}
