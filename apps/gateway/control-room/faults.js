import { byId, h, formatSeconds } from './dom.js';
import { ops, put } from './ops.js';

/** @typedef {{ name: string, title: string, expect: string }} Scenario */
/** @typedef {{ id: string, service: string, scenario?: string, remainingMs: number }} Fault */
/** @typedef {{ scenarios: Scenario[], active: Fault[], unreachable: string[] }} Faults */

const POLL_MS = 2000;

/** End of each active scenario, on the clock of `performance.now()`. @type {Map<string, number>} */
let endTimes = new Map();
/** @type {Scenario[]} */
let knownScenarios = [];
/** @type {string[]} */
let unreachableServices = [];

/** Describes the expected effect of the hovered scenario, or of all active scenarios. @param {string} [hovered] */
function showNote(hovered) {
  const described = knownScenarios.filter(({ name }) => (hovered ? name === hovered : endTimes.has(name)));
  const expected = described.map(({ title, expect }) => `${title}: ${expect}`).join(' ');
  const unreachable = unreachableServices.length
    ? ` Services not reached: ${unreachableServices.join(', ')}.`
    : '';
  const text = (expected || 'Each scenario ends by itself. Select it again to end it now.') + unreachable;
  if (byId('faults-note').textContent !== text) byId('faults-note').textContent = text;
}

/** Shows the scenarios with their remaining time, or that fault injection is off. @param {boolean} enabled */
export function startFaults(enabled) {
  if (!enabled) {
    byId('faults-note').textContent = 'Fault injection is off. Start the services with FAULTS_ENABLED=true.';
    return;
  }
  void poll();
  setInterval(countDown, 250);
}

async function poll() {
  if (!document.hidden) {
    const response = await ops('/ops/faults').catch(() => undefined);
    if (response?.ok) show(await response.json());
    else if (response)
      byId('faults-note').textContent = `The gateway cannot list its faults (status ${response.status}).`;
  }
  setTimeout(() => void poll(), POLL_MS);
}

/** @param {Faults} faults */
function show({ scenarios, active, unreachable }) {
  const now = performance.now();
  endTimes = new Map();
  for (const { scenario, remainingMs } of active)
    if (scenario) endTimes.set(scenario, Math.max(endTimes.get(scenario) ?? 0, now + remainingMs));
  const list = byId('scenarios');
  const names = scenarios.map(({ name }) => name).join();
  if (list.dataset['names'] !== names) list.replaceChildren(...scenarios.map(createButton));
  list.dataset['names'] = names;
  knownScenarios = scenarios;
  unreachableServices = unreachable;
  showNote();
  countDown();
}

/** @param {Scenario} scenario */
function createButton({ name, title, expect }) {
  const element = h(
    'button',
    { type: 'button', 'data-scenario': name, 'aria-pressed': 'false', title: expect },
    `${title} `,
    h('i', {}),
  );
  for (const type of ['mouseenter', 'focus']) element.addEventListener(type, () => showNote(name));
  for (const type of ['mouseleave', 'blur']) element.addEventListener(type, () => showNote());
  element.addEventListener('click', () => void toggle(name));
  return h('li', {}, element);
}

/** @param {string} scenario */
async function toggle(scenario) {
  const response = endTimes.has(scenario)
    ? await ops(`/ops/faults?scenario=${scenario}`, { method: 'DELETE' })
    : await put('/ops/faults', { scenario });
  const state = response.status === 204 ? await ops('/ops/faults') : response;
  if (state.ok) show(await state.json());
  else byId('faults-note').textContent = `The change failed: ${(await state.json()).title}`;
}

function countDown() {
  const now = performance.now();
  for (const element of byId('scenarios').querySelectorAll('button')) {
    const leftMs = (endTimes.get(element.dataset['scenario'] ?? '') ?? 0) - now;
    element.setAttribute('aria-pressed', String(leftMs > 0));
    const left = element.querySelector('i');
    const text = leftMs > 0 ? `· ${formatSeconds(leftMs)} left` : '';
    if (left && left.textContent !== text) left.textContent = text;
  }
}
