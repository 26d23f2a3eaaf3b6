import { byId, mark, ms, rate, seconds, svg } from './dom.js';
import { narrow, wide } from './layout.js';

/** @typedef {import('@film-store/ops').Edge} Edge */
/** @typedef {import('@film-store/ops').ServiceSnapshot} ServiceSnapshot */
/** @typedef {import('@film-store/ops').SystemSnapshot} SystemSnapshot */
/** @typedef {import('./dom.js').Mood} Mood */

/** @param {Pick<Edge, 'from' | 'to'>} edge */
export const nameOf = ({ from, to }) => `${from}→${to}`;

/** @type {Record<ServiceSnapshot['status'], [Mood, string]>} */
const statuses = {
  ok: ['good', 'well'],
  degraded: ['degraded', 'degraded'],
  error: ['failed', 'not ready'],
  starting: ['away', 'starting'],
  shutting_down: ['away', 'stopping'],
  unreachable: ['away', 'unreachable'],
};

/** @param {ServiceSnapshot['status']} status */
export const statusOf = (status) => statuses[status];

/** How a breaker is, in words and as a mood. @param {Edge} edge @returns {[Mood, string]} */
export function breakerOf({ breaker: { state, retryAfterMs, admittedFraction } }) {
  /** @type {Record<Edge['breaker']['state'], [Mood, string]>} */
  const states = {
    closed: ['good', 'closed'],
    open: ['failed', `open, probe ${seconds(retryAfterMs)}`],
    'half-open': ['degraded', admittedFraction < 1 ? 'half-open, probing' : 'half-open'],
    recovering: ['degraded', `recovering, ${percent(admittedFraction)}`],
    isolated: ['failed', 'isolated'],
    'forced-closed': ['degraded', 'forced closed'],
  };
  return states[state];
}

/** @param {Edge} edge @returns {Mood} */
export function moodOf(edge) {
  const [breaker] = breakerOf(edge);
  const failing = edge.errorRate ?? 0;
  if (breaker === 'failed' || failing >= 0.5) return 'failed';
  return breaker === 'degraded' || failing > 0 ? 'degraded' : 'good';
}

/** Draws services and what connects them, and tells which connection somebody chose. */
export class Topology {
  #layout = wide;
  #chosen = 'gateway→recommendations';
  /** @type {Map<string, SVGElement>} */
  #drawn = new Map();
  #load = 0;
  #what = '';

  /** @param {(edge: string) => void} onChoice */
  constructor(onChoice) {
    this.onChoice = onChoice;
    const small = matchMedia('(max-width: 40rem)');
    const choose = () => {
      this.#layout = small.matches ? narrow : wide;
      this.#drawn.clear();
      byId('topology').replaceChildren();
      if (this.shown) this.show(this.shown);
    };
    small.addEventListener('change', choose);
    choose();
  }

  get chosen() {
    return this.#chosen;
  }

  /** @param {number} perSecond that this page sent */
  set load(perSecond) {
    this.#load = perSecond;
  }

  /** @param {SystemSnapshot} snapshot */
  show(snapshot) {
    this.shown = snapshot;
    const edges = snapshot.edges.filter((edge) => nameOf(edge) in this.#layout.lines);
    const places = edges.flatMap(({ from, to }) => [from, to]).filter((name) => !isService(snapshot, name));
    const drawn = [...edges.map(nameOf), ...snapshot.services.map(({ name }) => name), ...places].join();
    if (this.#drawn.size === 0 || this.#what !== drawn) {
      this.#what = drawn;
      this.#drawAll(snapshot, edges, new Set(places));
    }
    for (const service of snapshot.services) this.#showService(service);
    for (const edge of edges) this.#showEdge(edge);
    this.#text('visitors', '.sub', `${this.#load} requests/s`);
  }

  /** @param {SystemSnapshot} snapshot @param {Edge[]} edges @param {Set<string>} places */
  #drawAll({ services }, edges, places) {
    const { width, height } = this.#layout;
    const root = svg('svg', { viewBox: `-4 -4 ${width + 8} ${height + 8}`, class: 'topology' });
    root.setAttribute('role', 'group');
    root.setAttribute('aria-label', 'Services and what connects them');
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
    for (const edge of edges) root.append(keep(nameOf(edge), this.#drawEdge(nameOf(edge))));
    root.append(keep('visitors', this.#drawPlace('visitors', 'this page')));
    for (const name of places) root.append(this.#drawPlace(name, name));
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
      svg('text', { class: 'name', x: 38, y: 27, ...squeezed(name, w) }, name),
      svg('text', { class: 'word', x: 14, y: 52 }),
      svg('text', { class: 'sub use', x: 14, y: 72 }),
      svg('text', { class: 'sub work', x: 14, y: 90 }),
    );
  }

  /** What has no state of its own to tell. @param {string} name @param {string} title */
  #drawPlace(name, title) {
    const { x, y, w, h } = /** @type {import('./layout.js').Box} */ (this.#layout.nodes[name]);
    const middle = { x: w / 2, 'text-anchor': 'middle' };
    return svg(
      'g',
      { class: 'node is-away', transform: `translate(${x} ${y})` },
      svg('rect', { class: 'place', width: w, height: h, rx: h / 2 }),
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
    const choose = () => {
      this.#chosen = name;
      if (this.shown) this.show(this.shown);
      this.onChoice(name);
    };
    group.addEventListener('click', choose);
    group.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      choose();
    });
    return group;
  }

  /** @param {ServiceSnapshot} service */
  #showService({ name, status, reason, failingChecks, rssMiB, loopDelayMs, loadShedding }) {
    const [mood, word] = statuses[status];
    const node = this.#drawn.get(name);
    node?.setAttribute('class', `node is-${mood}`);
    node?.querySelector('.status')?.replaceChildren(mark(mood));
    const lacks = failingChecks.map((each) => each.name).join(', ');
    const use = rssMiB === null || loopDelayMs === null ? '' : `${rssMiB} MiB · loop ${loopDelayMs} ms`;
    const work = loadShedding ? `${loadShedding.inFlight} of ${loadShedding.limit} in flight` : '';
    const shown = [reason ?? word, use, lacks ? `not well: ${lacks}` : work];
    this.#text(name, '.word', shown[0] ?? '');
    this.#text(name, '.use', shown[1] ?? '');
    this.#text(name, '.work', shorten(shown[2] ?? '', 26));
    node?.setAttribute('aria-label', `${name}: ${shown.filter(Boolean).join(', ')}`);
  }

  /** @param {Edge} edge */
  #showEdge(edge) {
    const name = nameOf(edge);
    const group = this.#drawn.get(name);
    const [breakerMood, word] = breakerOf(edge);
    const mood = moodOf(edge);
    const still = !edge.perSecond;
    const figure = `${rate(edge.perSecond)} · p99 ${ms(edge.latency.p99Ms)}`;
    group?.setAttribute('class', `edge is-${mood}${still ? ' is-still' : ''}`);
    group?.setAttribute('aria-pressed', String(name === this.#chosen));
    const told = edge.errorRate && breakerMood === 'good' ? `${percent(edge.errorRate)} fail` : word;
    // The space keeps both lines apart for those who are read them.
    this.#text(name, '.figure', `${figure} `);
    this.#text(name, '.word', told);
    group?.setAttribute('aria-label', `${edge.from} to ${edge.to} and its breaker: ${figure} ${told}`);
    group?.querySelector('.switch')?.replaceChildren(...lever(breakerMood));
    const [flow] = group?.querySelector('.flow')?.getAnimations() ?? [];
    flow?.updatePlaybackRate(0.4 + Math.log10(1 + (edge.perSecond ?? 0)));
  }

  /** @param {string} name @param {string} selector @param {string} text */
  #text(name, selector, text) {
    const element = this.#drawn.get(name)?.querySelector(selector);
    if (element && element.textContent !== text) element.textContent = text;
  }
}

/** @param {number} share */
export const percent = (share) => `${Math.round(share * 100)} %`;

/** @param {SystemSnapshot} snapshot @param {string} name */
const isService = ({ services }, name) => services.some((service) => service.name === name);

/** @param {string} text @param {number} most */
const shorten = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** A long name is made to fit its box. @param {string} name @param {number} width */
const squeezed = (name, width) =>
  name.length > 12 ? { textLength: width - 48, lengthAdjust: 'spacingAndGlyphs' } : {};

/** A switch: what lies on the line lets through. @param {Mood} mood */
function lever(mood) {
  const angle = { good: 0, degraded: -14, failed: -36, away: 0 }[mood];
  return [
    svg('path', { d: 'M-4 0H2M20 0H26' }),
    svg('path', { d: 'M2 0H20', transform: `rotate(${angle} 2 0)` }),
    svg('circle', { cx: 2, cy: 0, r: 2.5 }),
    svg('circle', { cx: 20, cy: 0, r: 2.5 }),
  ];
}
