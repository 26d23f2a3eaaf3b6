import { byId, h } from './dom.js';

/** The last order, for an identical repetition. @type {{ key: string, body: string } | undefined} */
let last;

/** @param {() => string} getFilm returns the id of the current film */
export function startOrders(getFilm) {
  byId('order').addEventListener('click', () => {
    last = { key: createKey(), body: JSON.stringify({ items: [{ productId: getFilm(), quantity: 1 }] }) };
    byId('order-result').replaceChildren();
    void send(last);
  });
  byId('order-repeat').addEventListener('click', () => {
    if (last) void send(last);
  });
}

/** Clears the last order when another film is selected. */
export function resetOrder() {
  last = undefined;
  repeatButton().disabled = true;
  byId('order-result').replaceChildren();
}

const repeatButton = () => /** @type {HTMLButtonElement} */ (byId('order-repeat'));

/** Creates a random key of 32 characters. */
const createKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** @param {{ key: string, body: string }} order */
async function send({ key, body }) {
  repeatButton().disabled = false;
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  try {
    const response = await fetch('/api/orders', { method: 'POST', headers, body });
    const { id, title, detail } = await response.json();
    const replayed = response.headers.get('idempotent-replayed') === 'true';
    if (!response.ok) showResult('failed', `${response.status} ${title}${detail ? `: ${detail}` : ''}`);
    else if (replayed)
      showResult('good', `${response.status} replayed: order ${id} was placed once and is not placed again.`);
    else showResult('good', `${response.status} placed: order ${id}, idempotency key ${key.slice(0, 8)}…`);
  } catch {
    showResult(
      'failed',
      'No response: the outcome is unknown. Send the same order again. It is placed only once.',
    );
  }
}

/** @param {'good' | 'failed'} severity @param {string} text */
function showResult(severity, text) {
  byId('order-result').append(h('p', { class: `is-${severity}` }, h('span', {}, text)));
}
