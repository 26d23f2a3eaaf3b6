import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** The path of a file that is there and not empty. */
export const readableFile = z.string().refine(
  (path) => {
    try {
      return readFileSync(path).length > 0;
    } catch {
      return false;
    }
  },
  { message: 'must be a file that can be read and is not empty' },
);
