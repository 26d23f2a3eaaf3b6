import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Accepts the path of a file that exists and is not empty. */
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
