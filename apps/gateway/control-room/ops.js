import { byId } from './dom.js';

const dialog = /** @type {HTMLDialogElement} */ (byId('session'));
const token = /** @type {HTMLInputElement} */ (byId('token'));
const button = byId('session-button');

/** Set while a sign-in is required. @type {PromiseWithResolvers<void> | undefined} */
let pendingSignIn;

/**
 * Sends a request to `/ops`. A 401 opens the sign-in dialog. Reads wait for the sign-in and are sent again. Changes
 * return the 401, because they must not happen at a later time.
 * @param {string} path
 * @param {RequestInit} [change]
 * @returns {Promise<Response>}
 */
export async function ops(path, change) {
  const response = await fetch(path, change);
  if (response.status !== 401) return response;
  const signedIn = waitForSignIn();
  if (change) {
    openDialog();
    return response;
  }
  await signedIn;
  return ops(path);
}

/** @param {string} path @param {unknown} body */
export const put = (path, body) =>
  ops(path, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** Opens the sign-in dialog, and resolves after the sign-in. Users can close the dialog and sign in later. @returns {Promise<void>} */
export function waitForSignIn() {
  if (!pendingSignIn) {
    pendingSignIn = Promise.withResolvers();
    button.textContent = 'Sign in';
    button.hidden = false;
    openDialog();
  }
  return pendingSignIn.promise;
}

/** Shows the sign-out button if operators need a token. @param {boolean} needsToken */
export function startSession(needsToken) {
  if (needsToken) button.hidden = false;
}

function openDialog() {
  if (!dialog.open) dialog.showModal();
}

async function signIn() {
  const value = token.value;
  token.value = '';
  // Screen readers do not announce the same text again unless it is cleared first.
  byId('session-error').textContent = '';
  const error = await createSession(value);
  if (error) {
    byId('session-error').textContent = error;
    token.focus();
    return;
  }
  dialog.close();
  button.textContent = 'Sign out';
  pendingSignIn?.resolve();
  pendingSignIn = undefined;
}

/** Exchanges the token for a session cookie. @param {string} value @returns {Promise<string | undefined>} an error message */
async function createSession(value) {
  // Headers cannot contain other characters.
  if (/[^\x20-\xff]/.test(value)) return 'The token is wrong.';
  const headers = { authorization: `Bearer ${value}` };
  const response = await fetch('/ops/session', { method: 'POST', headers }).catch(() => undefined);
  if (!response) return 'The gateway does not respond. Try again.';
  if (response.status === 403) return 'The token is wrong.';
  return response.ok
    ? undefined
    : `The gateway could not check the token (status ${response.status}). Try again.`;
}

async function signOut() {
  const response = await fetch('/ops/session', { method: 'DELETE' }).catch(() => undefined);
  if (response?.ok || response?.status === 401) location.reload();
}

button.addEventListener('click', () => {
  if (pendingSignIn) openDialog();
  else void signOut();
});
byId('session-skip').addEventListener('click', () => dialog.close());
byId('session-form').addEventListener('submit', (event) => {
  event.preventDefault();
  void signIn();
});
dialog.addEventListener('close', () => {
  token.value = '';
  byId('session-error').textContent = '';
});
