import { byId } from './dom.js';

const dialog = byId('session');

/** Somebody has to show the token first. @type {Promise<void> | undefined} */
let entering;

/**
 * Asks something of `/ops`; where that wants to know who asks, a person is asked for the token first.
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
export async function ops(path, init) {
  const response = await fetch(path, init);
  if (response.status !== 401) return response;
  entering ??= enter().finally(() => {
    entering = undefined;
  });
  await entering;
  return ops(path, init);
}

/** @param {string} path @param {unknown} body */
export const put = (path, body) =>
  ops(path, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** Resolves once the gateway has taken the token for a cookie. */
async function enter() {
  const modal = /** @type {HTMLDialogElement} */ (dialog);
  const token = /** @type {HTMLInputElement} */ (byId('token'));
  if (!modal.open) modal.showModal();
  for (;;) {
    await submitted();
    const headers = { authorization: `Bearer ${token.value}` };
    const answer = await fetch('/ops/session', { method: 'POST', headers }).catch(() => undefined);
    token.value = '';
    if (answer?.ok) break;
    byId('session-error').textContent = answer ? 'That is not it.' : 'The gateway does not answer.';
  }
  byId('session-error').textContent = '';
  modal.close();
}

const submitted = () =>
  new Promise((resolve) => {
    byId('session-form').addEventListener(
      'submit',
      (event) => {
        event.preventDefault();
        resolve(undefined);
      },
      { once: true },
    );
  });
