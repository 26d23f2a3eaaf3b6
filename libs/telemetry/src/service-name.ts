/** Returns the name of the application that an entry file such as `apps/shop/src/main.js` belongs to. */
export const serviceOfEntry = (entry = ''): string => /apps[\\/]([^\\/]+)[\\/]/.exec(entry)?.[1] ?? 'unknown';
