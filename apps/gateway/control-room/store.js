import { byId, formatTime } from './dom.js';
import { createPoster, showFilms, toYear } from './films.js';
import { addFilms } from './load.js';
import { resetOrder, startOrders } from './orders.js';
import { showPageParts, showSource } from './page-parts.js';

/** @typedef {import('@film-store/contracts').ProductPage['product']} Product */
/** @typedef {import('@film-store/contracts').Home} Home */
/** @typedef {import('@film-store/contracts').ProductPage} ProductPage */

const REFRESH_MS = 2000;

let currentFilm = 'the-dark-knight-2008';

/** Shows the store and refreshes it every two seconds while the page is visible. */
export function startStore() {
  startOrders(() => currentFilm);
  repeat(showPage);
  setTimeout(() => repeat(showHome), REFRESH_MS / 2);
}

/** @param {() => Promise<void>} show */
function repeat(show) {
  const schedule = () => setTimeout(() => repeat(show), REFRESH_MS);
  if (document.hidden) schedule();
  else void show().then(schedule, schedule);
}

/** @param {string} path @returns {Promise<{ body?: any, age: string | null, problem?: string }>} */
async function read(path) {
  try {
    const response = await fetch(path, { cache: 'no-store' });
    const body = await response.json();
    return response.ok ? { body, age: response.headers.get('age') } : { age: null, problem: body.title };
  } catch {
    return { age: null, problem: 'The gateway does not respond' };
  }
}

async function showPage() {
  const requested = currentFilm;
  const { body, age, problem } = await read(`/api/products/${requested}`);
  if (requested !== currentFilm) return;
  if (!body) {
    showStock('failed', problem ?? '');
    return;
  }
  const page = /** @type {ProductPage} */ (body);
  const { product, availability } = page;
  const holder = byId('film-poster');
  if (holder.dataset['film'] !== product.id) {
    holder.dataset['film'] = product.id;
    holder.replaceChildren(createPoster(product));
  }
  byId('film-title').textContent = product.title;
  byId('film-price').textContent = formatPrice(product);
  const facts = [toYear(product), product.genre, product.director, formatRating(product)];
  byId('film-facts').textContent = facts.filter(Boolean).join(' · ');
  const stock = availability.inStock ? `${availability.quantity} in stock` : 'out of stock';
  if (availability.stale)
    showStock('degraded', `${stock} at ${formatTime(availability.lastUpdated)}, ${age ?? '?'} s old`);
  else showStock(availability.inStock ? 'good' : 'failed', `${stock}, live`);
  showPageParts(page, selectFilm);
}

/** @param {'good' | 'degraded' | 'failed'} severity @param {string} text */
function showStock(severity, text) {
  const badge = byId('film-stock');
  badge.className = `badge is-${severity}`;
  badge.textContent = text;
}

async function showHome() {
  const { body, age } = await read('/api/home');
  if (!body) return;
  const { featured } = /** @type {Home} */ (body);
  const { items, source, degraded, reason = '' } = featured;
  addFilms(items.map(({ id }) => id));
  showSource(byId('featured-source'), source, degraded ? { source, reason } : undefined, age);
  showFilms(byId('featured'), items, selectFilm);
}

/** @param {Product} product */
function selectFilm({ id }) {
  currentFilm = id;
  resetOrder();
  void showPage();
}

/** @param {Product} product */
const formatPrice = ({ price: { amount, currency } }) =>
  new Intl.NumberFormat('en-GB', { style: 'currency', currency }).format(amount / 100);

/** @param {Product} product */
const formatRating = ({ imdb }) => (imdb.rating === null ? '' : `★ ${imdb.rating}`);
