import { expect, it } from 'vitest';
import { fromNestLogger } from './logger.ts';

it("writes messages to Nest's logger, with their fields behind them", () => {
  const lines: string[] = [];
  const write = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
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
    'debug a book was read {}',
    'log a book was lent {"shelf":3}',
    'warn a book is lost {"event":"books.lost","shelf":3}',
    `error a book cannot be put back {"err":${JSON.stringify(err.stack)}}`,
  ]);
});
