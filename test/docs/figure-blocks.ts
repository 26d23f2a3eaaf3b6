import type { Measured } from '../bench/benchmark.ts';
import { formatFigure } from '../bench/figure.ts';
import { readRecorded } from '../bench/result.ts';

/**
 * A comment with the names of benchmarks and a template, and the generated text up to the closing comment. A template is a table
 * without its line of dashes, or a paragraph. `{NAME}` is the figure of that name in the recorded results.
 */
const BLOCK = /(<!-- figures:begin ([a-z -]+)\n([^]*?)-->\n)[^]*?(?=<!-- figures:end -->)/g;
const PLACEHOLDER = /\{([^}]+)\}/g;

/** Replaces the generated blocks of a page by their templates with figures, or by `missing` if a result is not recorded. */
export const replaceFigures = (page: string, missing: string, root = '.'): string =>
  page.replace(BLOCK, (_, opening: string, names: string, template: string) => {
    const results = names.split(' ').map((name) => readRecorded(name, root));
    const measured = results.flatMap((result) => result?.measured ?? []);
    const text = results.includes(undefined) ? missing : fill(template.trim(), measured);
    return `${opening}\n${text}\n\n`;
  });

/** @throws Error for a figure that does not exist */
function fill(template: string, measured: readonly Measured[]): string {
  const text = template.replace(PLACEHOLDER, (_, name: string) => {
    const figure = measured.find((each) => each.name === name);
    if (!figure) throw new Error(`no recorded figure is named ${name}`);
    return formatFigure(figure);
  });
  const [head = ''] = text.split('\n', 1);
  return head.startsWith('|') ? text.replace(head, `${head}\n${head.replaceAll(/[^|]+/g, '-')}`) : text;
}
