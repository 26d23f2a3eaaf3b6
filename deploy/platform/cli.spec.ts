import { expect, it } from 'vitest';
import { runPlatform } from './cli.ts';

it.each(['doctor', 'generate'])('%s rejects words after it, instead of ignoring them', async (name) => {
  const printed: string[] = [];
  const code = await runPlatform([name, '--fix'], '.', { print: (text) => void printed.push(text) });
  expect({ code, printed }).toEqual({
    code: 1,
    printed: [`${name} takes no words after it: npm run platform -- ${name}\nNothing was changed.`],
  });
});
