import { byId } from './dom.js';

/** A browser opens six connections to a host: one is the stream's, one is left for the store and the controls. */
const MOST_IN_FLIGHT = 4;
const TICK_MS = 50;
/** Over so long what was sent is counted. */
const COUNT_SECONDS = 2;

/** @type {string[]} */
let films = [];
let inFlight = 0;
let due = 0;
let sent = 0;

/** Which films to ask for. @param {string[]} ids */
export function aimAt(ids) {
  films = [...new Set([...films, ...ids])];
}

/** Three product pages, then home, then a list. */
const address = () => {
  const dice = Math.random();
  const id = films[Math.floor(Math.random() * films.length)];
  if (dice < 0.6 && id) return `/api/products/${id}`;
  return dice < 0.8 ? '/api/home' : `/api/products?limit=${10 + Math.floor(Math.random() * 10)}`;
};

async function ask() {
  inFlight += 1;
  sent += 1;
  try {
    const answer = await fetch(address(), { cache: 'no-store' });
    await answer.arrayBuffer();
  } catch {
    // The gateway is away, which the page says elsewhere.
  } finally {
    inFlight -= 1;
  }
}

/** Aims at the films of the first list. */
async function findFilms() {
  const answer = await fetch('/api/products?limit=50').catch(() => undefined);
  if (answer?.ok) aimAt((await answer.json()).items.map((/** @type {{ id: string }} */ { id }) => id));
}

/**
 * Makes as many requests a second as the slider says, while the page can be seen; fewer where answers are slow.
 * @param {(perSecond: number) => void} onSent hears how many really were
 */
export function startLoad(onSent) {
  const slider = /** @type {HTMLInputElement} */ (byId('load'));
  const tell = () => {
    const text = `up to ${slider.value} requests/s`;
    byId('load-rate').textContent = text;
    slider.setAttribute('aria-valuetext', text);
  };
  slider.addEventListener('input', tell);
  tell();
  void findFilms();
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    // What could not be sent is let go: a burst afterwards would be another load than the one that was chosen.
    due = document.hidden ? 0 : Math.min(due + (Number(slider.value) * (now - last)) / 1000, MOST_IN_FLIGHT);
    last = now;
    for (; due >= 1 && inFlight < MOST_IN_FLIGHT; due -= 1) void ask();
  }, TICK_MS);
  setInterval(() => {
    onSent(Math.round(sent / COUNT_SECONDS));
    sent = 0;
  }, COUNT_SECONDS * 1000);
}
