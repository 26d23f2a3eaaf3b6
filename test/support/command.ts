import { parseArgs } from 'node:util';
import { z } from 'zod';

/**
 * Reads the command line: one option for each member of the schema, without a value where the member is a boolean.
 * `requested` receives the words that belong to no option. Prints the usage and ends the process with 2 when the
 * command line does not fit the schema.
 */
export function readCommand<Command extends z.ZodObject>(schema: Command, usage: string): z.infer<Command> {
  const { requested, ...options } = schema.shape;
  const types = Object.entries(options).map(([name, option]) => [name, { type: toType(option) }] as const);
  try {
    const { values, positionals } = parseArgs({
      options: Object.fromEntries(types),
      allowPositionals: requested !== undefined,
    });
    const read = schema.safeParse({ ...values, ...(requested && { requested: positionals }) });
    return read.success ? read.data : exitWithUsage(z.prettifyError(read.error), usage);
  } catch (error) {
    return exitWithUsage(error instanceof Error ? error.message : String(error), usage);
  }
}

const toType = (option: z.core.$ZodType): 'boolean' | 'string' =>
  z.safeParse(option, true).data === true ? 'boolean' : 'string';

function exitWithUsage(reason: string, usage: string): never {
  console.error(`${reason}\nusage: ${usage}`);
  process.exit(2);
}
