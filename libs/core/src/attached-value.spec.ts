import { expect, it } from 'vitest';
import { AttachedValue } from './attached-value.ts';

it('keeps a value for each object, apart from the values of the same name', () => {
  const first = new AttachedValue<object, number>('size');
  const second = new AttachedValue<object, number>('size');
  const [object, other] = [{}, {}];
  first.set(object, 1);
  second.set(object, 2);
  expect([first.get(object), second.get(object), first.get(other)]).toEqual([1, 2, undefined]);
});

it('adds no property that code which lists or serializes the object sees', () => {
  const value = new AttachedValue<object, string>('secret');
  const object = { id: 1 };
  value.set(object, 'hidden');
  expect(Object.keys(object)).toEqual(['id']);
  expect(JSON.stringify(object)).toBe('{"id":1}');
});

it('removes the value that is replaced by undefined', () => {
  const value = new AttachedValue<object, string>('name');
  const object = {};
  value.set(object, 'given');
  value.set(object, undefined);
  expect(value.get(object)).toBeUndefined();
});
