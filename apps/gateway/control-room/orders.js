import { byId, h } from './dom.js';

/** The order that was sent last, for it to be sent again as it was. @type {{ key: string, body: string } | undefined} */
let last;

/** @param {() => string} film the film that is shown */
export function startOrders(film) {
  byId('order').addEventListener('click', () => {
    last = { key: newKey(), body: JSON.stringify({ items: [{ productId: film(), quantity: 1 }] }) };
    byId('order-answer').replaceChildren();
    void send(last);
  });
  byId('order-again').addEventListener('click', () => {
    if (last) void send(last);
  });
}

/** Forgets the order: another film is shown. */
export function orderOne() {
  last = undefined;
  again().disabled = true;
  byId('order-answer').replaceChildren();
}

const again = () => /** @type {HTMLButtonElement} */ (byId('order-again'));

/** A key nobody else has, of 32 characters. */
const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** @param {{ key: string, body: string }} order */
async function send({ key, body }) {
  again().disabled = false;
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  try {
    const answer = await fetch('/api/orders', { method: 'POST', headers, body });
    const { id, title, detail } = await answer.json();
    const replayed = answer.headers.get('idempotent-replayed') === 'true';
    if (!answer.ok) tell('failed', `${answer.status} ${title}${detail ? `: ${detail}` : ''}`);
    else if (replayed)
      tell('good', `${answer.status}, replayed: order ${id} was placed once, and is not placed again.`);
    else tell('good', `${answer.status}, placed: order ${id} under the key ${key.slice(0, 8)}….`);
  } catch {
    tell('failed', 'No answer: nobody knows whether it was placed. Send it again, it will be placed once.');
  }
}

/** @param {'good' | 'failed'} mood @param {string} text */
function tell(mood, text) {
  byId('order-answer').append(h('p', { class: `is-${mood}` }, h('span', {}, text)));
}
