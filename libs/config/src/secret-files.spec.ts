import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseEnvironment, redactConfig } from './environment.ts';
import { secret } from './secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const createFile = (content: string): string => {
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
    ['unchanged', 'hunter2hunter2'],
    ['without a line break at its end', 'hunter2hunter2\n'],
    ['without a Windows line break at its end', 'hunter2hunter2\r\n'],
  ])('is read %s', (_, content) => {
    expect(parse({ KEY_FILE: createFile(content) }).KEY).toBe('hunter2hunter2');
  });

  it('keeps all line breaks except the last', () => {
    expect(parse({ KEY_FILE: createFile(' hunter2\nhunter2\n\n') }).KEY).toBe(' hunter2\nhunter2\n');
  });

  it('is redacted like a secret in a variable', () => {
    expect(redactConfig(schema, parse({ KEY_FILE: createFile('hunter2hunter2') }))).toEqual({
      PORT: 3000,
      KEY: '(redacted)',
    });
  });

  it('is validated like a secret in a variable, and not shown', () => {
    const short = () => parse({ KEY_FILE: createFile('hunter2') });
    expect(short).toThrow(/\n {2}KEY: /);
    expect(short).not.toThrow(/hunter2/);
  });

  it('cannot be set beside its variable; all errors are reported at once, and an unreadable secret is not also missing', () => {
    const env = { PORT: 'x', KEY_FILE: join(folder, 'none'), TOKEN: 'hunter2hunter2', TOKEN_FILE: 'x' };
    expect(() => parse(env)).toThrow(
      /valid:\n {2}PORT: [^\n]+\n {2}KEY_FILE: cannot be read \(ENOENT\)\n {2}TOKEN_FILE: cannot be set beside TOKEN$/,
    );
  });

  it.each([
    ['empty', ''],
    ['a line break alone', '\n'],
  ])('cannot be %s', (_, content) => {
    expect(() => parse({ KEY_FILE: createFile(content) })).toThrow(
      /valid:\n {2}KEY_FILE: the file is empty$/,
    );
  });

  it('cannot be a directory', () => {
    expect(() => parse({ KEY_FILE: folder })).toThrow(/valid:\n {2}KEY_FILE: cannot be read \(EISDIR\)$/);
  });

  it('works only for variables that are secrets', () => {
    expect(parse({ KEY: 'hunter2hunter2', PORT_FILE: createFile('1') }).PORT).toBe(3000);
  });
});
