import { byId, formatTime, h } from './dom.js';
import { addFilms } from './load.js';
import { resetOrder, startOrders } from './orders.js';

/** @typedef {import('@film-store/contracts').Product} Product */
/** @typedef {import('@film-store/contracts').ProductPage} ProductPage */
/** @typedef {import('@film-store/contracts').RecommendedProducts} RecommendedProducts */

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
  const { product, availability, recommendations } = /** @type {ProductPage} */ (body);
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
  showRecommendations('recommendations', recommendations, undefined);
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
  addFilms(body.featured.items.map((/** @type {Product} */ { id }) => id));
  showRecommendations('featured', body.featured, age);
}

/** @param {'recommendations' | 'featured'} id @param {RecommendedProducts} recommended @param {string | null | undefined} age */
function showRecommendations(id, { items, source, degraded, reason }, age) {
  const badge = byId(`${id}-source`);
  badge.className = `badge is-${degraded ? 'degraded' : 'good'}`;
  const ageText = age ? `, ${age} s old` : '';
  badge.textContent = degraded ? `degraded: ${source}, ${reason}${ageText}` : source;
  const list = byId(id);
  const ids = items.map((item) => item.id).join();
  if (list.dataset['films'] === ids && list.children.length > 0) return;
  list.dataset['films'] = ids;
  const cards = items.slice(0, id === 'recommendations' ? 5 : 10).map(createCard);
  list.replaceChildren(...(cards.length ? cards : [h('li', { class: 'none' }, 'No films available.')]));
}

/** @param {Product} product */
function createCard(product) {
  const button = h('button', { type: 'button' }, createPoster(product));
  button.addEventListener('click', () => {
    currentFilm = product.id;
    resetOrder();
    void showPage();
  });
  return h('li', {}, button);
}

/** @param {Product} product */
function createPoster(product) {
  const sheet = h('span', { class: 'poster' }, h('b', {}, product.title), h('span', {}, toYear(product)));
  sheet.style.setProperty('--h', String(toHue(`${product.genre} ${product.id}`)));
  return sheet;
}

/** @param {string} text @returns {number} 0 to 359 */
const toHue = (text) =>
  Array.from(text).reduce((hash, character) => (hash * 31 + character.charCodeAt(0)) % 360, 7);

/** @param {Product} product */
const toYear = ({ releaseDate }) => releaseDate?.slice(0, 4) ?? '';

/** @param {Product} product */
const formatPrice = ({ price: { amount, currency } }) =>
  new Intl.NumberFormat('en-GB', { style: 'currency', currency }).format(amount / 100);

/** @param {Product} product */
const formatRating = ({ imdb }) => (imdb.rating === null ? '' : `★ ${imdb.rating}`);
