import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { UsageError } from './command.ts';

/**
 * Parses the words after the name of a command.
 * @throws UsageError for an unknown option, or for an option without its value. The message lists the options.
 */
export function parseWords<const Config extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Config,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const [fault] = (error as Error).message.split(/\.\s/);
    throw new UsageError(`${fault}. The options are:\n${describeOptions(options)}`);
  }
}

const describeOptions = (options: ParseArgsOptionsConfig): string =>
  Object.entries(options)
    .map(([name, { type }]) => `  --${name}${type === 'string' ? ' VALUE' : ''}`)
    .join('\n');
