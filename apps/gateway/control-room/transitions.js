import { byId, clock, h, mark } from './dom.js';
import { statusOf } from './topology.js';

/** @typedef {import('@film-store/ops').Transition} Transition */
/** @typedef {import('./dom.js').Mood} Mood */

const KEPT = 100;
/** @type {Set<string>} */
const told = new Set();

/** Adds what is new, newest first; a screen reader reads it out. @param {Transition[]} transitions */
export function showTransitions(transitions) {
  const list = byId('transitions');
  for (const transition of transitions.filter(({ id }) => !told.has(id))) {
    told.add(transition.id);
    list.prepend(row(transition));
  }
  while (list.children.length > KEPT) list.lastElementChild?.remove();
  byId('transitions-none').hidden = list.children.length > 0;
}

/** @param {Transition} transition */
function row(transition) {
  const [mood, text] = describe(transition);
  const subject = transition.subject.replace('→', ' → ');
  return h(
    'li',
    {},
    h('time', {}, clock(transition.at)),
    mark(mood),
    h('span', {}, h('b', {}, subject), ` ${text}`),
  );
}

/** @type {Record<string, [Mood, string]>} */
const breakers = {
  closed: ['good', 'breaker closed: all calls go through again'],
  open: ['failed', 'breaker opened: no calls go through'],
  'half-open': ['degraded', 'breaker half-open: one probe goes through'],
  recovering: ['degraded', 'breaker ramps: the probe was answered, a growing share goes through'],
  isolated: ['failed', 'breaker isolated by an operator'],
  'forced-closed': ['degraded', 'breaker forced closed by an operator'],
};

/** @param {Transition} transition @returns {[Mood, string]} */
function describe({ kind, from, to }) {
  switch (kind) {
    case 'breaker':
      return breakers[to] ?? ['away', `${from} → ${to}`];
    case 'degradation':
      return to === 'normal' ? ['good', 'is normal again'] : ['degraded', `is degraded, instead: ${to}`];
    default: {
      const [mood, word] = statusOf(/** @type {import('./topology.js').ServiceSnapshot['status']} */ (to));
      return [mood, `is ${word}, was ${from === 'ok' ? 'well' : from}`];
    }
  }
}
