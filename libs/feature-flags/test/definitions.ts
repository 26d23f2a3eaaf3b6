const flag = (defaultVariant: string, targeting?: object) => ({
  state: 'ENABLED',
  variants: { on: true, off: false },
  defaultVariant,
  ...(targeting && { targeting }),
});

/** Returns a flagd file in which each named flag is on or off for every context. */
export const definitions = (flags: Record<string, 'on' | 'off'>): string =>
  JSON.stringify({
    flags: Object.fromEntries(Object.entries(flags).map(([key, variant]) => [key, flag(variant)])),
  });

/** Returns a flagd file in which a flag is on for one targeting key. */
export const onlyFor = (key: string, targetingKey: string): string =>
  JSON.stringify({
    flags: { [key]: flag('off', { if: [{ '==': [{ var: 'targetingKey' }, targetingKey] }, 'on', 'off'] }) },
  });
