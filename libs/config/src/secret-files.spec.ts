import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseEnvironment, redactConfig } from './environment.ts';
import { secret } from './secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fileWith = (content: string): string => {
  const path = join(folder, `${Math.random()}`);
  writeFileSync(path, content);
  return path;
};

const schema = z.object({
  PORT: z.coerce.number().default(3000),
  KEY: secret(z.string().min(8)),
  TOKEN: secret(z.string().min(8)).optional(),
});
const parse = (env: NodeJS.ProcessEnv) => parseEnvironment('shop', schema, env);

describe('a secret in a file', () => {
  it.each([
    ['as it is', 'hunter2hunter2'],
    ['without the line break at its end', 'hunter2hunter2\n'],
    ['without that of other systems', 'hunter2hunter2\r\n'],
  ])('is read %s', (_, content) => {
    expect(parse({ KEY_FILE: fileWith(content) }).KEY).toBe('hunter2hunter2');
  });

  it('keeps all but the last line break', () => {
    expect(parse({ KEY_FILE: fileWith(' hunter2\nhunter2\n\n') }).KEY).toBe(' hunter2\nhunter2\n');
  });

  it('is redacted as one in a variable', () => {
    expect(redactConfig(schema, parse({ KEY_FILE: fileWith('hunter2hunter2') }))).toEqual({
      PORT: 3000,
      KEY: '(redacted)',
    });
  });

  it('is checked as one in a variable, and not shown', () => {
    const short = () => parse({ KEY_FILE: fileWith('hunter2') });
    expect(short).toThrow(/\n {2}KEY: /);
    expect(short).not.toThrow(/hunter2/);
  });

  it('cannot be given twice; all faults are listed at once, and what is in a bad file is not missing besides', () => {
    const env = { PORT: 'x', KEY_FILE: join(folder, 'none'), TOKEN: 'hunter2hunter2', TOKEN_FILE: 'x' };
    expect(() => parse(env)).toThrow(
      /valid:\n {2}PORT: [^\n]+\n {2}KEY_FILE: cannot be read \(ENOENT\)\n {2}TOKEN_FILE: cannot be set beside TOKEN$/,
    );
  });

  it.each([
    ['nothing', ''],
    ['a line break alone', '\n'],
  ])('cannot be %s', (_, content) => {
    expect(() => parse({ KEY_FILE: fileWith(content) })).toThrow(/valid:\n {2}KEY_FILE: the file is empty$/);
  });

  it('cannot be a directory', () => {
    expect(() => parse({ KEY_FILE: folder })).toThrow(/valid:\n {2}KEY_FILE: cannot be read \(EISDIR\)$/);
  });

  it('is no way to give what is not secret', () => {
    expect(parse({ KEY: 'hunter2hunter2', PORT_FILE: fileWith('1') }).PORT).toBe(3000);
  });
});
