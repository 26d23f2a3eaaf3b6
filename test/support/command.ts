import { parseArgs } from 'node:util';
import { z } from 'zod';

/**
 * What the command line asks for: an option for each member of the schema, and for its `asked` all words that belong to
 * none. Ends the process with 2, and tells the usage, where it asks for what there is not.
 */
export function readCommand<Command extends z.ZodObject>(schema: Command, usage: string): z.infer<Command> {
  const { asked, ...options } = schema.shape;
  try {
    const { values, positionals } = parseArgs({
      options: Object.fromEntries(Object.keys(options).map((name) => [name, { type: 'string' as const }])),
      allowPositionals: asked !== undefined,
    });
    const read = schema.safeParse({ ...values, ...(asked && { asked: positionals }) });
    return read.success ? read.data : refuse(z.prettifyError(read.error), usage);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error), usage);
  }
}

function refuse(why: string, usage: string): never {
  console.error(`${why}\nusage: ${usage}`);
  process.exit(2);
}
