import { describe, expect, it } from 'vitest';
import { brand, sharedValue } from './shared-identity.ts';

/** Does what each copy of a package does when it is loaded. */
function loadCopy() {
  class Failure extends Error {
    static {
      brand(this, 'test/Failure');
    }
  }
  class SpecialFailure extends Failure {}
  return { Failure, SpecialFailure };
}

describe('brand', () => {
  const [one, other] = [loadCopy(), loadCopy()];

  it('recognizes instances of the class and of its subclasses from another copy', () => {
    expect(new one.Failure('x')).toBeInstanceOf(other.Failure);
    expect(new one.SpecialFailure('x')).toBeInstanceOf(other.Failure);
  });

  it('recognizes no other value', () => {
    for (const value of [new Error('x'), {}, null, undefined, 'x'])
      expect(value instanceof one.Failure).toBe(false);
  });

  it('leaves a subclass without a brand as it is', () => {
    expect(new one.Failure('x') instanceof one.SpecialFailure).toBe(false);
    expect(new one.SpecialFailure('x') instanceof one.SpecialFailure).toBe(true);
    expect(new one.SpecialFailure('x') instanceof other.SpecialFailure).toBe(false);
  });
});

it('creates a shared value once', () => {
  const first = sharedValue('test/value', () => ({ copy: 1 }));
  expect(sharedValue('test/value', () => ({ copy: 2 }))).toBe(first);
});
