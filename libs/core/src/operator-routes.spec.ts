import { expect, it } from 'vitest';
import { addOperatorRoutes, isOperatorRoute } from './operator-routes.ts';

addOperatorRoutes(['/', '/docs', '/page']);

it.each(['/', '/health/live', '/metrics', '/ops/traces/:traceId', '/docs', '/page/:file'])(
  'takes %s for a route of operators',
  (route) => {
    expect(isOperatorRoute(route)).toBe(true);
  },
);

it.each(['/api/home', '/products/:id', '/opsx', '/healthy', '/api/ops'])(
  'takes %s for no route of operators',
  (route) => {
    expect(isOperatorRoute(route)).toBe(false);
  },
);
