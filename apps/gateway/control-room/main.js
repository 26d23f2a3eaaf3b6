import { showResponses, startPlot } from './responses.js';
import { followStream } from './connection.js';
import { byId } from './dom.js';
import { showEdge } from './edge-details.js';
// #region part: faults
import { startFaults } from './faults.js';
// #endregion part: faults
import { startLoad } from './load.js';
import { startSession } from './ops.js';
import { startStore } from './store.js';
import { toEdgeName } from './layout-rows.js';
import { describeStatus } from './severity.js';
import { Topology } from './topology.js';
import { startTraces } from './traces.js';
import { showTransitions } from './transitions.js';

/** @typedef {import('@film-store/ops').SystemSnapshot} SystemSnapshot */

const topology = new Topology(showSelectedEdge);

function showSelectedEdge() {
  const snapshot = topology.snapshot;
  if (!snapshot) return;
  const edge = snapshot.edges.find((each) => toEdgeName(each) === topology.selected);
  showEdge(edge, snapshot.services[0]?.name ?? '');
}

/** Summarizes the state of the system in one sentence. @param {SystemSnapshot} snapshot */
function showSummary({ services, edges, responsesPerSecond }) {
  const unhealthy = services
    .filter(({ status }) => status !== 'ok')
    .map(({ name, status }) => `${name} ${describeStatus(status)[1]}`);
  const open = edges
    .filter(({ breaker }) => breaker.state !== 'closed')
    .map((edge) => `breaker ${toEdgeName(edge)} ${edge.breaker.state}`);
  const problems = responsesPerSecond?.failed
    ? ['Some responses fail']
    : responsesPerSecond?.degraded
      ? ['Some responses are degraded']
      : [];
  const text = [...problems, ...unhealthy, ...open].join(' · ') || 'Healthy: all responses are complete.';
  if (byId('summary').textContent !== text) byId('summary').textContent = text;
}

/** @param {string} id @param {string | null} url */
function showLink(id, url) {
  if (url === null) return;
  const link = /** @type {HTMLAnchorElement} */ (byId(id));
  link.href = url;
  link.hidden = false;
}

/** Starts the parts that depend on the settings of the gateway. */
async function start() {
  const settings = await fetch('/control-room/settings.json').then(
    (response) => response.json(),
    () => ({ jaegerUrl: null, grafanaUrl: null, compareUrl: null, token: false }),
  );
  showLink('dashboards', settings.grafanaUrl);
  showLink('compare', settings.compareUrl);
  startSession(settings.token);
  // #region part: faults
  startFaults(settings.faults);
  // #endregion part: faults
  await startTraces(settings.jaegerUrl);
}

startPlot();
startLoad((perSecond) => {
  topology.load = perSecond;
});
startStore();
void start();
followStream((snapshot) => {
  topology.show(snapshot);
  showSelectedEdge();
  showResponses(snapshot);
  showTransitions(snapshot.transitions);
  showSummary(snapshot);
});
