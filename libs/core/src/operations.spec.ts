import { expect, it } from 'vitest';
import { isOperation } from './operations.ts';

it.each(['/', '/health/live', '/metrics', '/ops/traces/:traceId', '/docs', '/control-room/:file'])(
  '%s is for those who run the service',
  (route) => {
    expect(isOperation(route)).toBe(true);
  },
);

it.each(['/api/home', '/products/:id', '/opsx', '/healthy', '/api/ops'])('%s is not', (route) => {
  expect(isOperation(route)).toBe(false);
});
