import { byId } from './dom.js';
import { waitForSignIn } from './ops.js';

/** @typedef {import('@film-store/ops').SystemSnapshot} SystemSnapshot */

/** Longest pause between two messages before the stream counts as lost, in milliseconds. A message comes every second. */
const MAX_SILENCE_MS = 4000;
const RETRY_MS = 1000;

/**
 * Follows the stream while the page is visible. Reconnects when the stream is lost.
 * @param {(snapshot: SystemSnapshot) => void} onSnapshot
 */
export function followStream(onSnapshot) {
  /** @type {EventSource | undefined} */
  let stream;
  let timer = 0;
  let lostAt = 0;

  const schedule = (/** @type {number} */ afterMs, /** @type {() => void} */ action) => {
    clearTimeout(timer);
    timer = setTimeout(action, afterMs);
  };
  const close = () => {
    clearTimeout(timer);
    stream?.close();
    stream = undefined;
  };
  const reconnect = () => {
    close();
    lostAt ||= performance.now();
    showConnection('lost', 'Connection lost. Retrying …');
    schedule(RETRY_MS, () => void connect());
  };
  /** @returns {Promise<void>} */
  async function connect() {
    close();
    // An EventSource does not expose the status of a rejected request.
    const state = await fetch('/ops/state').catch(() => undefined);
    if (document.hidden) return;
    if (state?.status === 401) {
      showConnection('lost', 'Not signed in');
      byId('summary').textContent = 'The store works without a session. Sign in to see and break the system.';
      lostAt = 0;
      await waitForSignIn();
      return connect();
    }
    if (state?.status === 403) {
      showConnection(
        'lost',
        'Available on the gateway’s machine only. Set ADMIN_TOKEN to allow remote access.',
      );
      return;
    }
    if (!state?.ok) {
      reconnect();
      return;
    }
    // Another call can have opened a stream while this one waited.
    close();
    stream = new EventSource('/ops/stream');
    stream.addEventListener('error', reconnect);
    stream.addEventListener(
      'message',
      () => {
        showConnection(
          'live',
          lostAt ? `Live again after ${Math.round((performance.now() - lostAt) / 1000)} s` : 'Live',
        );
        lostAt = 0;
      },
      { once: true },
    );
    stream.addEventListener('message', ({ data }) => {
      schedule(MAX_SILENCE_MS, reconnect);
      onSnapshot(JSON.parse(data));
    });
    schedule(MAX_SILENCE_MS, reconnect);
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) close();
    else void connect();
  });
  void connect();
}

/** @param {'live' | 'lost'} state @param {string} text */
function showConnection(state, text) {
  const pill = byId('connection');
  pill.dataset['state'] = state;
  if (pill.textContent !== text) pill.textContent = text;
}
