import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

/** Formats the text of a file below `root` as `npm run format` does. The name of the file selects the parser. */
export async function formatText(root: string, path: string, text: string): Promise<string> {
  const filepath = join(root, path);
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}
