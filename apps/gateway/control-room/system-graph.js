import { toEdgeName } from './layout-rows.js';

/** @typedef {import('./layout.js').Graph} Graph */
/** @typedef {import('./layout-rows.js').Call} Call */
/** @typedef {import('@film-store/ops').SystemSnapshot} SystemSnapshot */

/**
 * Remembers the services and calls of all snapshots: a service that does not respond reports no calls, and the picture must
 * not change while it is down.
 */
export class SystemGraph {
  /** @type {Set<string>} */
  #services = new Set();
  /** @type {Map<string, Call>} */
  #calls = new Map();

  /** Adds what a snapshot reports. Returns whether anything is new. @param {Pick<SystemSnapshot, 'services' | 'edges'>} snapshot */
  add({ services, edges }) {
    const before = this.#services.size + this.#calls.size;
    for (const { name } of services) this.#services.add(name);
    for (const { from, to } of edges) {
      this.#services.add(from);
      if (from !== to) this.#calls.set(toEdgeName({ from, to }), { from, to });
    }
    return this.#services.size + this.#calls.size > before;
  }

  /** Calls to a name that no service has go to a store. @returns {Graph} */
  toGraph() {
    const { true: calls = [], false: stores = [] } = Object.groupBy(this.#calls.values(), ({ to }) =>
      String(this.#services.has(to)),
    );
    return { services: [...this.#services], calls, stores };
  }
}
