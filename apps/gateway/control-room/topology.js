import { byId, createStatusIcon } from './dom.js';
import { layOut, narrow, wide } from './layout.js';
import { toEdgeName } from './layout-rows.js';
import {
  describeBreaker,
  describeEdge,
  describeService,
  describeStatus,
  toSeverity,
  unknownBreaker,
} from './severity.js';
import { SystemGraph } from './system-graph.js';
import {
  MAX_STORE_NAME,
  createCall,
  createPicture,
  createService,
  createStore,
  createSwitch,
  createVisitors,
  shorten,
} from './topology-shapes.js';

/** @typedef {import('@film-store/ops').Edge} Edge */
/** @typedef {import('@film-store/ops').ServiceSnapshot} ServiceSnapshot */
/** @typedef {import('@film-store/ops').SystemSnapshot} SystemSnapshot */
/** @typedef {import('./layout-rows.js').Call} Call */

/** Draws services and their connections. Users select a connection. */
export class Topology {
  #graph = new SystemGraph();
  #format = wide;
  #selected = '';
  /** @type {Map<string, SVGElement>} */
  #drawn = new Map();
  #load = 0;

  /** @param {(edge: string) => void} onSelect */
  constructor(onSelect) {
    this.onSelect = onSelect;
    const small = matchMedia('(max-width: 40rem)');
    const chooseFormat = () => {
      this.#format = small.matches ? narrow : wide;
      if (!this.snapshot) return;
      this.#drawAll();
      this.show(this.snapshot);
    };
    small.addEventListener('change', chooseFormat);
    chooseFormat();
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
    if (this.#graph.add(snapshot)) this.#drawAll();
    const first = snapshot.edges.find(({ from }) => from === snapshot.services[0]?.name);
    if (first) this.#selected ||= toEdgeName(first);
    const services = new Map(snapshot.services.map((service) => [service.name, service]));
    const edges = new Map(snapshot.edges.map((edge) => [toEdgeName(edge), edge]));
    const { services: names, calls, stores } = this.#graph.toGraph();
    for (const name of names) this.#showService(name, services.get(name));
    for (const call of [...calls, ...stores]) this.#showEdge(call, edges.get(toEdgeName(call)));
    this.#text('visitors', '.sub', `${this.#load} requests/s`);
  }

  #drawAll() {
    const layout = layOut(this.#graph.toGraph(), this.#format);
    const root = createPicture(layout);
    this.#drawn.clear();
    const add = (/** @type {string} */ name, /** @type {SVGElement} */ element) => {
      this.#drawn.set(name, element);
      root.append(element);
    };
    for (const line of layout.lines) {
      const name = toEdgeName(line.call);
      add(name, this.#makeSelectable(name, line.isStore ? createStore(line) : createCall(line)));
    }
    add('visitors', createVisitors(layout.visitors));
    for (const [name, box] of Object.entries(layout.services)) add(name, createService(name, box));
    byId('topology').replaceChildren(root);
  }

  /** @param {string} name @param {SVGElement} element */
  #makeSelectable(name, element) {
    const select = () => {
      this.#selected = name;
      if (this.snapshot) this.show(this.snapshot);
      this.onSelect(name);
    };
    element.addEventListener('click', select);
    element.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      select();
    });
    return element;
  }

  /** @param {string} name @param {ServiceSnapshot | undefined} service absent if no snapshot reports its state */
  #showService(name, service) {
    const [severity, word] = describeStatus(service?.status ?? 'unreachable');
    const node = this.#drawn.get(name);
    node?.setAttribute('class', `node is-${severity}`);
    node?.querySelector('.status')?.replaceChildren(createStatusIcon(severity));
    const lines = service ? describeService(service) : ['not observed', '', ''];
    this.#text(name, '.word', lines[0] ?? word);
    this.#text(name, '.use', lines[1] ?? '');
    this.#text(name, '.work', shorten(lines[2] ?? '', 26));
    node?.setAttribute('aria-label', `${name}: ${lines.filter(Boolean).join(', ')}`);
  }

  /** @param {Call} call @param {Edge | undefined} edge absent while its service reports no state */
  #showEdge(call, edge) {
    const name = toEdgeName(call);
    const group = this.#drawn.get(name);
    const isStore = group?.classList.contains('store') ?? false;
    const [breakerSeverity, word] = edge ? describeBreaker(edge) : unknownBreaker;
    const severity = edge ? toSeverity(edge) : 'inactive';
    const kind = `${isStore ? ' store' : ''}${edge?.perSecond ? '' : ' is-idle'}`;
    group?.setAttribute('class', `edge is-${severity}${kind}`);
    group?.setAttribute('aria-pressed', String(name === this.#selected));
    const { figure, state } = describeEdge(edge, isStore);
    // The spaces separate the texts for screen readers.
    this.#text(name, '.figure', `${figure} `);
    this.#text(name, '.word', state);
    const shown = isStore
      ? `${shorten(call.to, MAX_STORE_NAME)} ${figure}`
      : `${call.to}: ${figure} ${state}`;
    group?.setAttribute('aria-label', `${call.from} to ${shown}, breaker ${word}`);
    group?.querySelector('.switch')?.replaceChildren(...createSwitch(breakerSeverity));
    const [flow] = group?.querySelector('.flow')?.getAnimations() ?? [];
    flow?.updatePlaybackRate(0.4 + Math.log10(1 + (edge?.perSecond ?? 0)));
  }

  /** @param {string} name @param {string} selector @param {string} text */
  #text(name, selector, text) {
    const element = this.#drawn.get(name)?.querySelector(selector);
    if (element && element.textContent !== text) element.textContent = text;
  }
}
