/** One row of the table under Check: what a command of the page shows, and what it means. */
export interface Row {
  /** The letter of a command, or a label of the alert. */
  readonly check: string;
  readonly finding: Finding;
  /** A cause, or further pages as they are linked. Both are empty for a reason that is no cause of a game day. */
  readonly causes: readonly string[];
  readonly pages: readonly string[];
  readonly action: Action;
}

export interface Finding {
  /** The output must contain one of the texts. Without any, it must not be empty. */
  readonly texts: readonly string[];
  /** The row counts only if no earlier row of the table has led to a conclusion. */
  readonly otherwise: boolean;
}

/** First aid: commands to run, and owners to call. */
export interface Action {
  readonly commands: readonly string[];
  readonly owners: readonly string[];
}

export interface Runbook {
  /** Commands by their letter. */
  readonly commands: ReadonlyMap<string, string>;
  readonly rows: readonly Row[];
}

const HEADER = ['check', 'finding', 'cause or page', 'first aid'];

/**
 * Reads the commands and the table of the section Check. A command is a line of a shell block that ends with a comment such as
 * `# A: state of the database`.
 * @throws Error that names the cell or the letter if the page does not follow the convention
 */
export function parseRunbook(name: string, page: string): Runbook {
  const [, check = ''] = /\n## Check\n([^]*?)\n## /.exec(page) ?? [];
  const commands = new Map<string, string>();
  for (const [, block = ''] of check.matchAll(/```sh\n([^]*?)```/g))
    for (const [, command = '', letter = ''] of block.matchAll(/^(.*\S)\s+# ([A-Z]): /gm))
      commands.set(letter, command);
  const table = check.split('\n').filter((line) => line.startsWith('|'));
  const [header, , ...lines] = table.map(toCells);
  // The page of a service that a team added has no table at first.
  if (header && header.join() !== HEADER.join())
    throw new Error(`${name}: the table needs the columns ${HEADER.join(', ')}`);
  const rows = lines.map((cells) => toRow(name, cells));
  for (const { check: letter } of rows)
    if (/^[A-Z]$/.test(letter) && !commands.has(letter)) throw new Error(`${name} has no command ${letter}`);
  return { commands, rows };
}

const toCells = (line: string): string[] =>
  line
    .replace(/<!--.*?-->/g, '')
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));

const codesIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

function toRow(page: string, [check = '', finding = '', target = '', action = '']: readonly string[]): Row {
  if (target === '') throw new Error(`${page}: a row needs a cause or a page`);
  const codes = codesIn(action);
  return {
    check: codesIn(check)[0] ?? check,
    finding: toFinding(page, finding),
    causes: codesIn(target),
    pages: [...target.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link.replace(/\.md$/, '')),
    action: {
      commands: codes.filter((code) => /^(?:curl|npm run) /.test(code)),
      owners: [...action.matchAll(/Owner: (\w+)/g)].map(([, owner = '']) => owner),
    },
  };
}

/** A finding is one or more of `text`, or the word something; `otherwise` may stand before it, or alone. */
function toFinding(page: string, cell: string): Finding {
  const texts = codesIn(cell);
  const otherwise = cell.startsWith('otherwise');
  if (texts.length === 0 && !otherwise && cell !== 'something')
    throw new Error(`${page}: a finding is \`text\`, something or otherwise, not "${cell}"`);
  return { texts, otherwise };
}

/**
 * Visits the rows that hold, in order. `outputs` has the output of each command, and `labels` those of the alert. `concludes`
 * returns whether a row led to a conclusion: a page whose own table finds nothing does not.
 */
export async function visitRows(
  { rows }: Runbook,
  outputs: ReadonlyMap<string, string>,
  labels: Readonly<Record<string, string>>,
  concludes: (row: Row) => boolean | Promise<boolean>,
): Promise<void> {
  let isConcluded = false;
  for (const row of rows) {
    const text = outputs.get(row.check) ?? labels[row.check] ?? '';
    if (row.finding.otherwise && isConcluded) continue;
    if (holds(row.finding, text) && (await concludes(row))) isConcluded = true;
  }
}

const holds = ({ texts, otherwise }: Finding, text: string): boolean =>
  texts.length > 0 ? texts.some((each) => text.includes(each)) : otherwise || text.trim() !== '';
