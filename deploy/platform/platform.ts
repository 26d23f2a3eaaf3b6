import { fileURLToPath } from 'node:url';
import { runPlatform } from './cli.ts';

/** `npm run platform -- COMMAND` */
const root = fileURLToPath(new URL('../../', import.meta.url));
process.exitCode = await runPlatform(process.argv.slice(2), root, { print: (text) => console.log(text) });
