import { byId, createStatusIcon, formatMs, formatRate, formatSeconds, svg } from './dom.js';
import { narrow, wide } from './layout.js';

/** @typedef {import('@film-store/ops').Edge} Edge */
/** @typedef {import('@film-store/ops').ServiceSnapshot} ServiceSnapshot */
/** @typedef {import('@film-store/ops').SystemSnapshot} SystemSnapshot */
/** @typedef {import('./dom.js').Severity} Severity */

/** @param {Pick<Edge, 'from' | 'to'>} edge */
export const toEdgeName = ({ from, to }) => `${from}→${to}`;

/** @type {Record<ServiceSnapshot['status'], [Severity, string]>} */
const statuses = {
  ok: ['good', 'healthy'],
  degraded: ['degraded', 'degraded'],
  error: ['failed', 'not ready'],
  starting: ['inactive', 'starting'],
  shutting_down: ['inactive', 'stopping'],
  unreachable: ['inactive', 'unreachable'],
};

/** @param {ServiceSnapshot['status']} status */
export const describeStatus = (status) => statuses[status];

/** Describes the state of a breaker by severity and text. @param {Edge} edge @returns {[Severity, string]} */
export function describeBreaker({ breaker: { state, retryAfterMs, admittedFraction } }) {
  /** @type {Record<Edge['breaker']['state'], [Severity, string]>} */
  const states = {
    closed: ['good', 'closed'],
    open: ['failed', `open, ${formatSeconds(retryAfterMs)} left`],
    'half-open': ['degraded', admittedFraction < 1 ? 'half-open, probing' : 'half-open'],
    recovering: ['degraded', `recovering, ${formatPercent(admittedFraction)}`],
    isolated: ['failed', 'isolated'],
    'forced-closed': ['degraded', 'forced closed'],
  };
  return states[state];
}

/** @param {Edge} edge @returns {Severity} */
export function toSeverity(edge) {
  const [breaker] = describeBreaker(edge);
  const errorRate = edge.errorRate ?? 0;
  if (breaker === 'failed' || errorRate >= 0.5) return 'failed';
  return breaker === 'degraded' || errorRate > 0 ? 'degraded' : 'good';
}

/** Draws services and their connections. Users select a connection. */
export class Topology {
  #layout = wide;
  #selected = 'gateway→recommendations';
  /** @type {Map<string, SVGElement>} */
  #drawn = new Map();
  #load = 0;
  #drawnNames = '';

  /** @param {(edge: string) => void} onSelect */
  constructor(onSelect) {
    this.onSelect = onSelect;
    const small = matchMedia('(max-width: 40rem)');
    const chooseLayout = () => {
      this.#layout = small.matches ? narrow : wide;
      this.#drawn.clear();
      byId('topology').replaceChildren();
      if (this.snapshot) this.show(this.snapshot);
    };
    small.addEventListener('change', chooseLayout);
    chooseLayout();
  }

  get selected() {
    return this.#selected;
  }

  /** @param {number} perSecond requests of this page */
  set load(perSecond) {
    this.#load = perSecond;
  }

  /** @param {SystemSnapshot} snapshot */
  show(snapshot) {
    this.snapshot = snapshot;
    const edges = snapshot.edges.filter((edge) => toEdgeName(edge) in this.#layout.lines);
    const externals = edges
      .flatMap(({ from, to }) => [from, to])
      .filter((name) => !isService(snapshot, name));
    const names = [
      ...edges.map(toEdgeName),
      ...snapshot.services.map(({ name }) => name),
      ...externals,
    ].join();
    if (this.#drawn.size === 0 || this.#drawnNames !== names) {
      this.#drawnNames = names;
      this.#drawAll(snapshot, edges, new Set(externals));
    }
    for (const service of snapshot.services) this.#showService(service);
    for (const edge of edges) this.#showEdge(edge);
    this.#text('visitors', '.sub', `${this.#load} requests/s`);
  }

  /** @param {SystemSnapshot} snapshot @param {Edge[]} edges @param {Set<string>} externals */
  #drawAll({ services }, edges, externals) {
    const { width, height } = this.#layout;
    const root = svg('svg', { viewBox: `-4 -4 ${width + 8} ${height + 8}`, class: 'topology' });
    root.setAttribute('role', 'group');
    root.setAttribute('aria-label', 'Services and their connections');
    const arrow = svg('path', { d: 'M0 0L8 4L0 8z', fill: 'context-stroke' });
    const marker = { id: 'arrow', viewBox: '0 0 8 8', refX: 6, refY: 4, markerWidth: 5, markerHeight: 5 };
    root.append(svg('defs', {}, svg('marker', { ...marker, orient: 'auto' }, arrow)));
    this.#drawn.clear();
    const keep = (/** @type {string} */ name, /** @type {SVGElement} */ element) => {
      this.#drawn.set(name, element);
      return element;
    };
    const entry = this.#layout.lines['visitors→gateway']?.path ?? '';
    root.append(
      svg('g', { class: 'edge' }, svg('path', { class: 'line', d: entry, 'marker-end': 'url(#arrow)' })),
    );
    for (const edge of edges) root.append(keep(toEdgeName(edge), this.#drawEdge(toEdgeName(edge))));
    root.append(keep('visitors', this.#drawExternal('visitors', 'this page')));
    for (const name of externals) root.append(this.#drawExternal(name, name));
    for (const { name } of services) root.append(keep(name, this.#drawService(name)));
    byId('topology').replaceChildren(root);
  }

  /** @param {string} name */
  #drawService(name) {
    const { x, y, w, h } = /** @type {import('./layout.js').Box} */ (this.#layout.nodes[name]);
    return svg(
      'g',
      { class: 'node', transform: `translate(${x} ${y})`, role: 'img' },
      svg('rect', { width: w, height: h, rx: 10 }),
      svg('g', { class: 'status', transform: 'translate(12 12)' }),
      svg('text', { class: 'name', x: 38, y: 27, ...toTextFit(name, w) }, name),
      svg('text', { class: 'word', x: 14, y: 52 }),
      svg('text', { class: 'sub use', x: 14, y: 72 }),
      svg('text', { class: 'sub work', x: 14, y: 90 }),
    );
  }

  /** Draws a node without a state of its own. @param {string} name @param {string} title */
  #drawExternal(name, title) {
    const { x, y, w, h } = /** @type {import('./layout.js').Box} */ (this.#layout.nodes[name]);
    const middle = { x: w / 2, 'text-anchor': 'middle' };
    return svg(
      'g',
      { class: 'node is-inactive', transform: `translate(${x} ${y})` },
      svg('rect', { class: 'external', width: w, height: h, rx: h / 2 }),
      svg('text', { class: 'name', y: h / 2 + (name === 'visitors' ? -3 : 5), ...middle }, title),
      svg('text', { class: 'sub', y: h / 2 + 16, ...middle }),
    );
  }

  /** @param {string} name */
  #drawEdge(name) {
    const { path, chip } = /** @type {import('./layout.js').Line} */ (this.#layout.lines[name]);
    const [x, y] = chip;
    const group = svg(
      'g',
      { class: 'edge', role: 'button', tabindex: 0 },
      svg('path', { class: 'line', d: path, 'marker-end': 'url(#arrow)' }),
      svg('path', { class: 'flow', d: path }),
      svg('rect', { class: 'chip', x: x - 79, y: y - 22, width: 158, height: 44, rx: 8 }),
      svg('text', { class: 'figure', x: x - 70, y: y - 4 }),
      svg('g', { class: 'switch', transform: `translate(${x - 66} ${y + 10})` }),
      svg('text', { class: 'word', x: x - 34, y: y + 14 }),
    );
    const select = () => {
      this.#selected = name;
      if (this.snapshot) this.show(this.snapshot);
      this.onSelect(name);
    };
    group.addEventListener('click', select);
    group.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      select();
    });
    return group;
  }

  /** @param {ServiceSnapshot} service */
  #showService({ name, status, reason, failingChecks, rssMiB, loopDelayMs, loadShedding }) {
    const [severity, word] = statuses[status];
    const node = this.#drawn.get(name);
    node?.setAttribute('class', `node is-${severity}`);
    node?.querySelector('.status')?.replaceChildren(createStatusIcon(severity));
    const failing = failingChecks.map((check) => check.name).join(', ');
    const resources = rssMiB === null || loopDelayMs === null ? '' : `${rssMiB} MiB · loop ${loopDelayMs} ms`;
    const load = loadShedding ? `${loadShedding.inFlight} of ${loadShedding.limit} in flight` : '';
    const lines = [reason ?? word, resources, failing ? `failing: ${failing}` : load];
    this.#text(name, '.word', lines[0] ?? '');
    this.#text(name, '.use', lines[1] ?? '');
    this.#text(name, '.work', shorten(lines[2] ?? '', 26));
    node?.setAttribute('aria-label', `${name}: ${lines.filter(Boolean).join(', ')}`);
  }

  /** @param {Edge} edge */
  #showEdge(edge) {
    const name = toEdgeName(edge);
    const group = this.#drawn.get(name);
    const [breakerSeverity, word] = describeBreaker(edge);
    const severity = toSeverity(edge);
    const idle = !edge.perSecond;
    const figure = `${formatRate(edge.perSecond)} · p99 ${formatMs(edge.latency.p99Ms)}`;
    group?.setAttribute('class', `edge is-${severity}${idle ? ' is-idle' : ''}`);
    group?.setAttribute('aria-pressed', String(name === this.#selected));
    const state =
      edge.errorRate && breakerSeverity === 'good' ? `${formatPercent(edge.errorRate)} fail` : word;
    // The space separates both lines for screen readers.
    this.#text(name, '.figure', `${figure} `);
    this.#text(name, '.word', state);
    group?.setAttribute('aria-label', `${edge.from} to ${edge.to} and its breaker: ${figure} ${state}`);
    group?.querySelector('.switch')?.replaceChildren(...createSwitch(breakerSeverity));
    const [flow] = group?.querySelector('.flow')?.getAnimations() ?? [];
    flow?.updatePlaybackRate(0.4 + Math.log10(1 + (edge.perSecond ?? 0)));
  }

  /** @param {string} name @param {string} selector @param {string} text */
  #text(name, selector, text) {
    const element = this.#drawn.get(name)?.querySelector(selector);
    if (element && element.textContent !== text) element.textContent = text;
  }
}

/** @param {number} fraction */
export const formatPercent = (fraction) => `${Math.round(fraction * 100)} %`;

/** @param {SystemSnapshot} snapshot @param {string} name */
const isService = ({ services }, name) => services.some((service) => service.name === name);

/** @param {string} text @param {number} maxLength */
const shorten = (text, maxLength) => (text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text);

/** Returns attributes that fit a long name into its box. @param {string} name @param {number} width */
const toTextFit = (name, width) =>
  name.length > 12 ? { textLength: width - 48, lengthAdjust: 'spacingAndGlyphs' } : {};

/** Draws a switch: it lies on the line while the breaker admits calls. @param {Severity} severity */
function createSwitch(severity) {
  const angle = { good: 0, degraded: -14, failed: -36, inactive: 0 }[severity];
  return [
    svg('path', { d: 'M-4 0H2M20 0H26' }),
    svg('path', { d: 'M2 0H20', transform: `rotate(${angle} 2 0)` }),
    svg('circle', { cx: 2, cy: 0, r: 2.5 }),
    svg('circle', { cx: 20, cy: 0, r: 2.5 }),
  ];
}
