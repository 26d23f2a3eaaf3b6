import { showAnswers, startPlot } from './answers.js';
import { follow } from './connection.js';
import { byId } from './dom.js';
import { showEdge } from './edge-details.js';
import { startFaults } from './faults.js';
import { startLoad } from './load.js';
import { startSession } from './ops.js';
import { startStore } from './store.js';
import { Topology, nameOf, statusOf } from './topology.js';
import { startTraces } from './traces.js';
import { showTransitions } from './transitions.js';

/** @typedef {import('@film-store/ops').SystemSnapshot} SystemSnapshot */

const topology = new Topology(showChosen);

function showChosen() {
  const snapshot = topology.shown;
  if (!snapshot) return;
  const edge = snapshot.edges.find((each) => nameOf(each) === topology.chosen);
  showEdge(edge, snapshot.services[0]?.name ?? '');
}

/** One sentence on how all of it is. @param {SystemSnapshot} snapshot */
function showVerdict({ services, edges, responsesPerSecond }) {
  const troubled = services
    .filter(({ status }) => status !== 'ok')
    .map(({ name, status }) => `${name} ${statusOf(status)[1]}`);
  const open = edges
    .filter(({ breaker }) => breaker.state !== 'closed')
    .map((edge) => `breaker ${nameOf(edge)} ${edge.breaker.state}`);
  const bad = responsesPerSecond?.failed
    ? ['Some answers fail']
    : responsesPerSecond?.degraded
      ? ['Answers are degraded, and say so']
      : [];
  const text = [...bad, ...troubled, ...open].join(' · ') || 'All is well: every answer is whole.';
  if (byId('verdict').textContent !== text) byId('verdict').textContent = text;
}

/** @param {string | null} url */
function linkDashboards(url) {
  if (url === null) return;
  const link = /** @type {HTMLAnchorElement} */ (byId('dashboards'));
  link.href = url;
  link.hidden = false;
}

/** What there is besides depends on how the gateway was started. */
async function start() {
  const settings = await fetch('/control-room/settings.json').then(
    (answer) => answer.json(),
    () => ({ jaegerUrl: null, grafanaUrl: null, faults: false, token: false }),
  );
  linkDashboards(settings.grafanaUrl);
  startSession(settings.token);
  startFaults(settings.faults);
  await startTraces(settings.jaegerUrl);
}

startPlot();
startLoad((perSecond) => {
  topology.load = perSecond;
});
startStore();
void start();
follow((snapshot) => {
  topology.show(snapshot);
  showChosen();
  showAnswers(snapshot);
  showTransitions(snapshot.transitions);
  showVerdict(snapshot);
});
