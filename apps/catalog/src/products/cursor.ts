import { z } from 'zod';
import { productId } from '@film-store/contracts';
import { Problem } from '@film-store/problem';

/** IMDB votes, or -1 if they are unknown, and id of the last film of a page. The next page starts after this film. */
const positionSchema = z.tuple([z.int32().min(-1), productId]);
export type Position = z.infer<typeof positionSchema>;

export const writeCursor = (position: Position): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** @throws Problem `validation-failed` for a cursor that `writeCursor` did not write */
export function readCursor(cursor: string): Position {
  const result = positionSchema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (result.success) return result.data;
  throw new Problem('validation-failed', {
    errors: [{ pointer: '/cursor', detail: 'must be a cursor from an earlier response' }],
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
