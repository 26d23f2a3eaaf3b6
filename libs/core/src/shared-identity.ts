const toSymbol = (name: string): symbol => Symbol.for(`@film-store/${name}`);

/**
 * Returns the value that all copies of a package share. The first copy creates it. Each published library bundles the
 * packages that it depends on, so one process may load several copies of a package.
 */
export function sharedValue<T>(name: string, create: () => T): T {
  const values = globalThis as { [key: symbol]: T | undefined };
  return (values[toSymbol(name)] ??= create());
}

/**
 * Makes `instanceof` recognize the instances that another copy of the package created. Call it in a static block of
 * the class. A subclass that does not call it keeps the usual `instanceof`.
 */
export function brand(target: abstract new (...args: never[]) => object, name: string): void {
  const key = toSymbol(name);
  Object.defineProperty(target.prototype, key, { value: true });
  Object.defineProperty(target, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this !== target) return Function.prototype[Symbol.hasInstance].call(this as () => void, value);
      return typeof value === 'object' && value !== null && key in value;
    },
  });
}
