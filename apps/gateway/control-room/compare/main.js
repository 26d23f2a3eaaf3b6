import { byId, h } from '../dom.js';
import { showCharts, startCharts } from './charts.js';
import { showSide } from './sides.js';

/** @typedef {import('../../../../deploy/local/compare/report.js').RunState} RunState */
/** @typedef {{ name: string, title: string }} Scenario */
/** @typedef {{ scenarios: Scenario[], controlRoomUrl: string, run: RunState | null }} Report */

const POLL_MS = 1000;

/** @type {Record<RunState['phase'], string>} */
const phases = {
  starting: 'Starting two stores …',
  'warm-up': 'Warming up without a fault',
  fault: 'The fault is on',
  recovery: 'The fault has ended',
  stopping: 'Stopping all processes of the comparison …',
  ended: 'The comparison has ended. All its processes are stopped.',
  failed: 'The comparison failed.',
};

/** @param {RunState['phase'] | undefined} phase */
const isRunning = (phase) => phase !== undefined && phase !== 'ended' && phase !== 'failed';

/** Reads the state once a second while the page is visible. */
async function poll() {
  if (!document.hidden) await read();
  setTimeout(() => void poll(), POLL_MS);
}

async function read() {
  const response = await fetch('/runs').catch(() => undefined);
  const pill = byId('connection');
  pill.dataset['state'] = response?.ok ? 'live' : 'lost';
  setText(pill, response?.ok ? 'Live' : 'The demo does not respond');
  if (response?.ok) show(await response.json());
}

/** @param {Report} report */
function show({ scenarios, controlRoomUrl, run }) {
  /** @type {HTMLAnchorElement} */ (byId('control-room')).href = controlRoomUrl;
  showScenarios(scenarios, run);
  showPhase(run);
  showSentence(run?.sentence ?? '');
  showSide('ours', run);
  showSide('twin', run);
  showCharts(run);
}

/** Announces a sentence only when more than its numbers has changed. @param {string} sentence */
function showSentence(sentence) {
  const withoutNumbers = sentence.replaceAll(/[\d.]+/g, '');
  const announcement = byId('announcement');
  if (announcement.dataset['shown'] !== withoutNumbers) setText(announcement, sentence);
  announcement.dataset['shown'] = withoutNumbers;
  byId('sentence').hidden = sentence === '';
  setText(byId('sentence'), sentence);
}

/** @param {Scenario[]} scenarios @param {RunState | null} run */
function showScenarios(scenarios, run) {
  const list = byId('scenarios');
  if (list.children.length === 0) list.append(...scenarios.map(createButton));
  for (const button of list.querySelectorAll('button')) {
    // A button that is disabled would lose the focus.
    button.setAttribute('aria-disabled', String(isRunning(run?.phase)));
    button.setAttribute('aria-pressed', String(button.dataset['scenario'] === run?.scenario));
  }
  byId('stop').hidden = !isRunning(run?.phase);
}

/** @param {Scenario} scenario */
function createButton({ name, title }) {
  const button = h('button', { type: 'button', 'data-scenario': name, 'aria-pressed': 'false' }, title);
  button.addEventListener('click', () => {
    if (button.ariaDisabled !== 'true') void start(name);
  });
  return h('li', {}, button);
}

/** @param {RunState | null} run */
function showPhase(run) {
  const remaining = run && run.remainingS > 0 ? ` · ends in ${run.remainingS} s` : '';
  const ready = run?.phase === 'starting' ? ` ${run.ready} of ${run.processes} processes are ready.` : '';
  setText(byId('phase'), run ? phases[run.phase] + ready : 'No comparison runs.');
  // Not in the status, because screen readers would announce each second.
  setText(byId('remaining'), remaining);
  if (run?.problem) setText(byId('problem'), run.problem);
}

/** @param {string} scenario */
async function start(scenario) {
  const response = await fetch('/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ scenario }),
  }).catch(() => undefined);
  setText(
    byId('problem'),
    response?.ok ? '' : response ? (await response.json()).detail : 'The demo does not respond.',
  );
  await read();
}

async function stop() {
  await fetch('/runs', { method: 'DELETE' }).catch(() => undefined);
  await read();
}

/** @param {HTMLElement} element @param {string} text */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

byId('stop').addEventListener('click', () => void stop());
startCharts();
void poll();
