import { byId, h, seconds } from './dom.js';
import { ops, put } from './ops.js';

/** @typedef {{ name: string, title: string, expect: string }} Scenario */
/** @typedef {{ id: string, service: string, scenario?: string, remainingMs: number }} Fault */
/** @typedef {{ scenarios: Scenario[], active: Fault[], unreachable: string[] }} Faults */

const POLL_MS = 2000;

/** How long each scenario that is on goes on, as it was told last. @type {Map<string, number>} */
let ends = new Map();
/** @type {Scenario[]} */
let known = [];
/** @type {string[]} */
let missing = [];

/** Says what is to be seen: of the scenario somebody looks at, else of those that are on. @param {string} [looked] */
function tell(looked) {
  const told = known.filter(({ name }) => (looked ? name === looked : ends.has(name)));
  const expect = told.map(({ title, expect }) => `${title}: ${expect}`).join(' ');
  const reached = missing.length ? ` Not reached: ${missing.join(', ')}.` : '';
  const text = (expect || 'Each ends by itself after a while; choose it again to end it now.') + reached;
  if (byId('faults-note').textContent !== text) byId('faults-note').textContent = text;
}

/** Offers the scenarios and shows how long each goes on, or says that none can be had. @param {boolean} enabled */
export function startFaults(enabled) {
  if (!enabled) {
    byId('faults-note').textContent = 'Fault injection is off: start the services with FAULTS_ENABLED=true.';
    return;
  }
  void poll();
  setInterval(countDown, 250);
}

async function poll() {
  if (!document.hidden) {
    const answer = await ops('/ops/faults').catch(() => undefined);
    if (answer?.ok) show(await answer.json());
    else if (answer)
      byId('faults-note').textContent = `The gateway does not tell of its faults (${answer.status}).`;
  }
  setTimeout(() => void poll(), POLL_MS);
}

/** @param {Faults} faults */
function show({ scenarios, active, unreachable }) {
  const now = performance.now();
  ends = new Map();
  for (const { scenario, remainingMs } of active)
    if (scenario) ends.set(scenario, Math.max(ends.get(scenario) ?? 0, now + remainingMs));
  const list = byId('scenarios');
  if (list.children.length !== scenarios.length) list.replaceChildren(...scenarios.map(button));
  known = scenarios;
  missing = unreachable;
  tell();
  countDown();
}

/** @param {Scenario} scenario */
function button({ name, title, expect }) {
  const element = h(
    'button',
    { type: 'button', 'data-scenario': name, 'aria-pressed': 'false', title: expect },
    `${title} `,
    h('i', {}),
  );
  for (const look of ['mouseenter', 'focus']) element.addEventListener(look, () => tell(name));
  for (const leave of ['mouseleave', 'blur']) element.addEventListener(leave, () => tell());
  element.addEventListener('click', () => void toggle(name));
  return h('li', {}, element);
}

/** @param {string} scenario */
async function toggle(scenario) {
  const answer = ends.has(scenario)
    ? await ops(`/ops/faults?scenario=${scenario}`, { method: 'DELETE' })
    : await put('/ops/faults', { scenario });
  const state = answer.status === 204 ? await ops('/ops/faults') : answer;
  if (state.ok) show(await state.json());
  else byId('faults-note').textContent = `That did not work: ${(await state.json()).title}`;
}

function countDown() {
  const now = performance.now();
  for (const element of byId('scenarios').querySelectorAll('button')) {
    const leftMs = (ends.get(element.dataset['scenario'] ?? '') ?? 0) - now;
    element.setAttribute('aria-pressed', String(leftMs > 0));
    const left = element.querySelector('i');
    const text = leftMs > 0 ? `· ${seconds(leftMs)} left` : '';
    if (left && left.textContent !== text) left.textContent = text;
  }
}
