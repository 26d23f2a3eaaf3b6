import { byId } from './dom.js';

const dialog = /** @type {HTMLDialogElement} */ (byId('session'));
const token = /** @type {HTMLInputElement} */ (byId('token'));
const button = byId('session-button');

/** There from the first answer that asks for the token until somebody has shown it. @type {PromiseWithResolvers<void> | undefined} */
let wanted;

/**
 * Asks something of `/ops`. Where that wants to know who asks, a person is asked for the token: what only reads waits
 * for it, as long as it takes, and a change comes back refused, for it is not to happen at some later time.
 * @param {string} path
 * @param {RequestInit} [change]
 * @returns {Promise<Response>}
 */
export async function ops(path, change) {
  const response = await fetch(path, change);
  if (response.status !== 401) return response;
  const shown = tokenShown();
  if (change) {
    ask();
    return response;
  }
  await shown;
  return ops(path);
}

/** @param {string} path @param {unknown} body */
export const put = (path, body) =>
  ops(path, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** Asks a person for the token, who may put it off, and resolves once it was shown. @returns {Promise<void>} */
export function tokenShown() {
  if (!wanted) {
    wanted = Promise.withResolvers();
    button.textContent = 'Sign in';
    button.hidden = false;
    ask();
  }
  return wanted.promise;
}

/** Offers to end the session, where there are any. @param {boolean} needed whether operators show a token here */
export function startSession(needed) {
  if (needed) button.hidden = false;
}

function ask() {
  if (!dialog.open) dialog.showModal();
}

async function signIn() {
  const shown = token.value;
  token.value = '';
  // Emptied first: the same text again would not be announced again.
  byId('session-error').textContent = '';
  const refusal = await begin(shown);
  if (refusal) {
    byId('session-error').textContent = refusal;
    token.focus();
    return;
  }
  dialog.close();
  button.textContent = 'Sign out';
  wanted?.resolve();
  wanted = undefined;
}

/** Takes the token for a cookie. @param {string} shown @returns {Promise<string | undefined>} why it could not */
async function begin(shown) {
  // Other characters cannot even be sent.
  if (/[^\x20-\xff]/.test(shown)) return 'That is not the token.';
  const headers = { authorization: `Bearer ${shown}` };
  const answer = await fetch('/ops/session', { method: 'POST', headers }).catch(() => undefined);
  if (!answer) return 'The gateway does not answer. Try again.';
  if (answer.status === 403) return 'That is not the token.';
  return answer.ok ? undefined : `The gateway did not look at it (${answer.status}). Try again.`;
}

async function signOut() {
  const answer = await fetch('/ops/session', { method: 'DELETE' }).catch(() => undefined);
  if (answer?.ok || answer?.status === 401) location.reload();
}

button.addEventListener('click', () => {
  if (wanted) ask();
  else void signOut();
});
byId('session-later').addEventListener('click', () => dialog.close());
byId('session-form').addEventListener('submit', (event) => {
  event.preventDefault();
  void signIn();
});
dialog.addEventListener('close', () => {
  token.value = '';
  byId('session-error').textContent = '';
});
