import { expect, it } from 'vitest';
import { fromNestLogger } from './logger.ts';

it("writes an object with the fields and the message to Nest's logger", () => {
  const lines: unknown[] = [];
  const write = (level: string) => (message: unknown) => void lines.push([level, message]);
  const logger = fromNestLogger({
    debug: write('debug'),
    log: write('log'),
    warn: write('warn'),
    error: write('error'),
  });
  logger.debug({}, 'a book was read');
  logger.info({ shelf: 3 }, 'a book was lent');
  logger.warn({ event: 'books.lost', shelf: 3 }, 'a book is lost');
  const err = new Error('no shelf');
  logger.error({ err }, 'a book cannot be put back');
  expect(lines).toEqual([
    ['debug', { message: 'a book was read' }],
    ['log', { shelf: 3, message: 'a book was lent' }],
    ['warn', { event: 'books.lost', shelf: 3, message: 'a book is lost' }],
    ['error', { err, message: 'a book cannot be put back' }],
  ]);
});
