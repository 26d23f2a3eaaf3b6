import { expect, it } from 'vitest';
import { degradedHeader } from './degraded.interceptor.ts';

it('writes one member per degraded feature', () => {
  expect(
    degradedHeader([
      { feature: 'recommendations', reason: 'breaker-open', source: 'popular' },
      { feature: 'availability', reason: 'timeout', source: 'last-known' },
    ]),
  ).toBe('recommendations;reason=breaker-open;source=popular, availability;reason=timeout;source=last-known');
});
