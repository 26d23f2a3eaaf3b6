import { byId, formatTime, h, createStatusIcon } from './dom.js';
import { describeStatus } from './severity.js';

/** @typedef {import('@film-store/ops').Transition} Transition */
/** @typedef {import('./dom.js').Severity} Severity */

const MAX_ROWS = 100;
/** @type {Set<string>} */
const shownIds = new Set();

/** Adds new transitions, newest first. Screen readers announce them. @param {Transition[]} transitions */
export function showTransitions(transitions) {
  const list = byId('transitions');
  for (const transition of transitions.filter(({ id }) => !shownIds.has(id))) {
    shownIds.add(transition.id);
    list.prepend(createRow(transition));
  }
  while (list.children.length > MAX_ROWS) list.lastElementChild?.remove();
  byId('transitions-none').hidden = list.children.length > 0;
}

/** @param {Transition} transition */
function createRow(transition) {
  const [severity, text] = describe(transition);
  const subject = transition.subject.replace('→', ' → ');
  return h(
    'li',
    {},
    h('time', {}, formatTime(transition.at)),
    createStatusIcon(severity),
    h('span', {}, h('b', {}, subject), ` ${text}`),
  );
}

/** @type {Record<string, [Severity, string]>} */
const breakers = {
  closed: ['good', 'breaker closed: all calls are admitted'],
  open: ['failed', 'breaker opened: all calls are rejected'],
  'half-open': ['degraded', 'breaker half-open: one probe is admitted'],
  recovering: [
    'degraded',
    'breaker recovering: the probe succeeded, and a growing fraction of calls is admitted',
  ],
  isolated: ['failed', 'breaker isolated by an operator: all calls are rejected'],
  'forced-closed': ['degraded', 'breaker forced closed by an operator: all calls are admitted'],
};

/** @param {Transition} transition @returns {[Severity, string]} */
function describe({ kind, from, to }) {
  switch (kind) {
    case 'breaker':
      return breakers[to] ?? ['inactive', `${from} → ${to}`];
    case 'degradation':
      return to === 'normal' ? ['good', 'has recovered'] : ['degraded', `is degraded: ${to}`];
    default: {
      const [severity, word] = describeStatus(to);
      const [, previous] = describeStatus(from);
      return [severity, `is ${word}, was ${previous}`];
    }
  }
}
