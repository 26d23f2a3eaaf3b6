import { byId } from './dom.js';
import { tokenShown } from './ops.js';

/** @typedef {import('@film-store/ops').SystemSnapshot} SystemSnapshot */

/** The stream sends something every second: one that is silent for longer, in milliseconds, is lost. */
const SILENCE_MS = 4000;
const RETRY_MS = 1000;

/**
 * Follows the stream while somebody can see the page, and again by itself whenever it was lost.
 * @param {(snapshot: SystemSnapshot) => void} onSnapshot
 */
export function follow(onSnapshot) {
  /** @type {EventSource | undefined} */
  let stream;
  let timer = 0;
  let lostAt = 0;

  const again = (/** @type {number} */ afterMs, /** @type {() => void} */ action) => {
    clearTimeout(timer);
    timer = setTimeout(action, afterMs);
  };
  const close = () => {
    clearTimeout(timer);
    stream?.close();
    stream = undefined;
  };
  const lose = () => {
    close();
    lostAt ||= performance.now();
    tell('lost', 'Lost the gateway, trying again …');
    again(RETRY_MS, () => void connect());
  };
  /** @returns {Promise<void>} */
  async function connect() {
    close();
    // A stream does not tell why it was refused; this does.
    const state = await fetch('/ops/state').catch(() => undefined);
    if (document.hidden) return;
    if (state?.status === 401) {
      tell('lost', 'Not signed in');
      byId('verdict').textContent = 'The store is for all; sign in to see and break the system behind it.';
      lostAt = 0;
      await tokenShown();
      return connect();
    }
    if (state?.status === 403) {
      tell('lost', 'Only this machine may look (set an ADMIN_TOKEN)');
      return;
    }
    if (!state?.ok) {
      lose();
      return;
    }
    // Whoever showed the page anew meanwhile may have opened one.
    close();
    stream = new EventSource('/ops/stream');
    stream.addEventListener('error', lose);
    stream.addEventListener(
      'message',
      () => {
        tell(
          'live',
          lostAt ? `Live again after ${Math.round((performance.now() - lostAt) / 1000)} s` : 'Live',
        );
        lostAt = 0;
      },
      { once: true },
    );
    stream.addEventListener('message', ({ data }) => {
      again(SILENCE_MS, lose);
      onSnapshot(JSON.parse(data));
    });
    again(SILENCE_MS, lose);
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) close();
    else void connect();
  });
  void connect();
}

/** @param {'live' | 'lost'} state @param {string} text */
function tell(state, text) {
  const pill = byId('connection');
  pill.dataset['state'] = state;
  if (pill.textContent !== text) pill.textContent = text;
}
