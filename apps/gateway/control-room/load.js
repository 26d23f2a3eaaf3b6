import { byId } from './dom.js';

/** Browsers open six connections to a host. The stream uses one, and one stays free for the store and the controls. */
const MAX_IN_FLIGHT = 4;
const TICK_MS = 50;
/** Interval of the measured rate. */
const COUNT_SECONDS = 2;

/** @type {string[]} */
let films = [];
let inFlight = 0;
let due = 0;
let sent = 0;

/** Adds films to request. @param {string[]} ids */
export function addFilms(ids) {
  films = [...new Set([...films, ...ids])];
}

/** Chooses a product page (60 %), the home page (20 %) or a list (20 %). */
const choosePath = () => {
  const random = Math.random();
  const id = films[Math.floor(Math.random() * films.length)];
  if (random < 0.6 && id) return `/api/products/${id}`;
  return random < 0.8 ? '/api/home' : `/api/products?limit=${10 + Math.floor(Math.random() * 10)}`;
};

async function sendRequest() {
  inFlight += 1;
  sent += 1;
  try {
    const response = await fetch(choosePath(), { cache: 'no-store' });
    await response.arrayBuffer();
  } catch {
    // The page shows the lost connection elsewhere.
  } finally {
    inFlight -= 1;
  }
}

/** Adds the most popular films. */
async function findFilms() {
  const response = await fetch('/api/products?limit=50').catch(() => undefined);
  if (response?.ok) addFilms((await response.json()).items.map((/** @type {{ id: string }} */ { id }) => id));
}

/**
 * Sends requests at the rate of the slider while the page is visible. Sends fewer while responses are slow.
 * @param {(perSecond: number) => void} onSent called with the measured rate
 */
export function startLoad(onSent) {
  const slider = /** @type {HTMLInputElement} */ (byId('load'));
  const showRate = () => {
    const text = `up to ${slider.value} requests/s`;
    byId('load-rate').textContent = text;
    slider.setAttribute('aria-valuetext', text);
  };
  slider.addEventListener('input', showRate);
  showRate();
  void findFilms();
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    // Requests that could not be sent in time are dropped, because a later burst would exceed the selected rate.
    due = document.hidden ? 0 : Math.min(due + (Number(slider.value) * (now - last)) / 1000, MAX_IN_FLIGHT);
    last = now;
    for (; due >= 1 && inFlight < MAX_IN_FLIGHT; due -= 1) void sendRequest();
  }, TICK_MS);
  setInterval(() => {
    onSent(Math.round(sent / COUNT_SECONDS));
    sent = 0;
  }, COUNT_SECONDS * 1000);
}
