import { z } from 'zod';
import { productId } from '@film-store/contracts';
import { Problem } from '@film-store/problem';

/** Popularity and id of the last film of a page: the next page starts after it. */
const position = z.tuple([z.int32(), productId]);
export type Position = z.infer<typeof position>;

export const writeCursor = (at: Position): string => Buffer.from(JSON.stringify(at)).toString('base64url');

/** @throws Problem `validation-failed` when `writeCursor` did not write it */
export function readCursor(cursor: string): Position {
  const result = position.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (result.success) return result.data;
  throw new Problem('validation-failed', {
    errors: [{ pointer: '/cursor', detail: 'must be a cursor taken from an earlier answer' }],
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
