import { mkdirSync, writeFileSync } from 'node:fs';
import { renderPage } from '../bench/page.ts';
import type { Result } from '../bench/result.ts';
import { toResult } from './result.ts';
import { runLoad } from './run-load.ts';
import type { Sample } from './sample.ts';
import { type Settings, parseSettings } from './settings.ts';
import { summarize, toTable } from './summary.ts';

/*
 * `npm run load -- [--rps N] [--seconds S] [--orders FRACTION] [URL …]` puts a constant load on each address in turn,
 * prints the results as its users see them, and plots them in `.data/load/index.html`. Ctrl-C ends the load early and
 * prints the results so far.
 */
const FOLDER = '.data/load';
/** Clears the current line. */
const CLEAR = '\r\u001B[K';
const HEADING = {
  title: 'Load',
  text: 'Results of a constant load, as its users see them: they arrive whether or not others have responses.',
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
  console.log(toTable(summarize(samples)));
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

/** Prints one line on a terminal, and nothing elsewhere. Returns a function that removes it. */
function showProgress(samples: readonly Sample[], seconds: number): () => void {
  if (!process.stdout.isTTY) return () => undefined;
  const began = performance.now();
  const timer = setInterval(() => {
    const second = Math.floor((performance.now() - began) / 1000);
    const whole = samples.filter(({ outcome }) => outcome === 'whole').length;
    process.stdout.write(
      `${CLEAR}  ${second} s of ${seconds} s, ${samples.length} responses, ${whole} whole`,
    );
  }, 250);
  return () => {
    clearInterval(timer);
    process.stdout.write(CLEAR);
  };
}
