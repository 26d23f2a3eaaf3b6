import { expect, it } from 'vitest';
import { isOperatorRoute } from './operations.ts';

it.each(['/', '/health/live', '/metrics', '/ops/traces/:traceId', '/docs', '/control-room/:file'])(
  '%s is for those who run the service',
  (route) => {
    expect(isOperatorRoute(route)).toBe(true);
  },
);

it.each(['/api/home', '/products/:id', '/opsx', '/healthy', '/api/ops'])('%s is not', (route) => {
  expect(isOperatorRoute(route)).toBe(false);
});
