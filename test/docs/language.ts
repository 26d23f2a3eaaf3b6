import { checkLanguage } from './check-language.ts';

/** Prints the words and sentences to replace, with totals: `node test/docs/language.ts [PATH...]`. */
const { findings, answers, responses, openings, comments } = checkLanguage(process.argv.slice(2));
for (const { path, line, found, name, instead } of findings)
  console.log(`${path}:${line}  ${found}${name && name !== found ? ` (in ${name})` : ''}  →  ${instead}`);

const count = (values: readonly string[]): string =>
  Object.entries(Object.groupBy(values, (value) => value))
    .map(([value, all]) => [value, all?.length ?? 0] as const)
    .toSorted(([, a], [, b]) => b - a)
    .map(([value, number]) => `  ${String(number).padStart(5)}  ${value}`)
    .join('\n');
if (findings.length > 0) {
  console.log(`\nby word\n${count(findings.map(({ found }) => found.toLowerCase()))}`);
  console.log(`\nby directory\n${count(findings.map(({ path }) => path.split('/').slice(0, 2).join('/')))}`);
}
console.log(`\n${findings.length} findings`);
console.log(`response : answer in TypeScript = ${responses} : ${answers} (at least 20 : 1)`);
console.log(
  `comments that open with What, Who, Whether, Of, Those, Such: ${openings} of ${comments} (at most 2 %)`,
);
process.exitCode = findings.length > 0 ? 1 : 0;
