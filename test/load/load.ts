import { mkdirSync, writeFileSync } from 'node:fs';
import { renderPage } from '../bench/page.ts';
import type { Result } from '../bench/result.ts';
import { toResult } from './result.ts';
import { runLoad } from './run-load.ts';
import type { Sample } from './sample.ts';
import { type Settings, parseSettings } from './settings.ts';
import { summarise, toTable } from './summary.ts';

/*
 * `npm run load -- [--rps N] [--seconds S] [--orders SHARE] [URL …]` puts a constant load on each address in turn, prints
 * what its users would have seen, and draws it in `.data/load/index.html`. Ctrl-C ends it with what there is by then.
 */
const FOLDER = '.data/load';
/** Empties the line the cursor is in. */
const CLEAR = '\r\u001B[K';
const HEADING = {
  title: 'Load',
  text: 'What the users of a constant load would have seen, who come whether or not others have been answered.',
};

const { urls, ...load } = settingsOrExit();
const end = new AbortController();
process.once('SIGINT', () => {
  process.exitCode = 130;
  end.abort();
});

const results: Result[] = [];
for (const [index, url] of urls.entries()) {
  if (end.signal.aborted) break;
  console.log(`${url}: ${load.rps} requests a second for ${load.seconds} s`);
  const samples: Sample[] = [];
  const stopProgress = showProgress(samples, load.seconds);
  try {
    await runLoad({ url, ...load }, (sample) => samples.push(sample), end.signal);
  } catch (error) {
    fail(error, 1);
  } finally {
    stopProgress();
  }
  console.log(toTable(summarise(samples)));
  results.push(toResult(`load-${index + 1}`, { url, ...load }, samples));
}
mkdirSync(FOLDER, { recursive: true });
writeFileSync(`${FOLDER}/index.html`, renderPage(results, HEADING));
console.log(`over time: ${FOLDER}/index.html`);

function settingsOrExit(): Settings {
  try {
    return parseSettings(process.argv.slice(2));
  } catch (error) {
    return fail(error, 2);
  }
}

function fail(error: unknown, code: number): never {
  console.error((error as Error).message);
  process.exit(code);
}

/** One line on a terminal, nothing elsewhere; what it returns takes it away. */
function showProgress(samples: readonly Sample[], seconds: number): () => void {
  if (!process.stdout.isTTY) return () => undefined;
  const began = performance.now();
  const timer = setInterval(() => {
    const second = Math.floor((performance.now() - began) / 1000);
    const whole = samples.filter(({ outcome }) => outcome === 'whole').length;
    process.stdout.write(`${CLEAR}  ${second} s of ${seconds} s, ${samples.length} answers, ${whole} whole`);
  }, 250);
  return () => {
    clearInterval(timer);
    process.stdout.write(CLEAR);
  };
}
