import { byId, clock, h } from './dom.js';
import { aimAt } from './load.js';
import { orderOne, startOrders } from './orders.js';

/** @typedef {import('@film-store/contracts').Product} Product */
/** @typedef {import('@film-store/contracts').ProductPage} ProductPage */
/** @typedef {import('@film-store/contracts').RecommendedProducts} RecommendedProducts */

const REFRESH_MS = 2000;

let film = 'the-dark-knight-2008';

/** Shows the store as a customer sees it, again every two seconds while somebody looks. */
export function startStore() {
  startOrders(() => film);
  repeat(showPage);
  setTimeout(() => repeat(showHome), REFRESH_MS / 2);
}

/** @param {() => Promise<void>} show */
function repeat(show) {
  const again = () => setTimeout(() => repeat(show), REFRESH_MS);
  if (document.hidden) again();
  else void show().then(again, again);
}

/** @param {string} path @returns {Promise<{ body?: any, age: string | null, problem?: string }>} */
async function read(path) {
  try {
    const answer = await fetch(path, { cache: 'no-store' });
    const body = await answer.json();
    return answer.ok ? { body, age: answer.headers.get('age') } : { age: null, problem: body.title };
  } catch {
    return { age: null, problem: 'The gateway does not answer' };
  }
}

async function showPage() {
  const asked = film;
  const { body, age, problem } = await read(`/api/products/${asked}`);
  if (asked !== film) return;
  if (!body) {
    showStock('failed', problem ?? '');
    return;
  }
  const { product, availability, recommendations } = /** @type {ProductPage} */ (body);
  const holder = byId('film-poster');
  if (holder.dataset['film'] !== product.id) {
    holder.dataset['film'] = product.id;
    holder.replaceChildren(poster(product));
  }
  byId('film-title').textContent = product.title;
  byId('film-price').textContent = price(product);
  const facts = [yearOf(product), product.genre, product.director, rating(product)];
  byId('film-facts').textContent = facts.filter(Boolean).join(' · ');
  const stock = availability.inStock ? `${availability.quantity} in stock` : 'out of stock';
  if (availability.stale)
    showStock('degraded', `${stock} as of ${clock(availability.lastUpdated)}, ${age ?? '?'} s ago`);
  else showStock(availability.inStock ? 'good' : 'failed', `${stock}, live`);
  showPicks('picks', recommendations, undefined);
}

/** @param {'good' | 'degraded' | 'failed'} mood @param {string} text */
function showStock(mood, text) {
  const badge = byId('film-stock');
  badge.className = `badge is-${mood}`;
  badge.textContent = text;
}

async function showHome() {
  const { body, age } = await read('/api/home');
  if (!body) return;
  aimAt(body.featured.items.map((/** @type {Product} */ { id }) => id));
  showPicks('featured', body.featured, age);
}

/** @param {'picks' | 'featured'} id @param {RecommendedProducts} recommended @param {string | null | undefined} age */
function showPicks(id, { items, source, degraded, reason }, age) {
  const badge = byId(`${id}-source`);
  badge.className = `badge is-${degraded ? 'degraded' : 'good'}`;
  const old = age ? `, ${age} s old` : '';
  badge.textContent = degraded ? `degraded: ${source}, ${reason}${old}` : source;
  const list = byId(id);
  const ids = items.map((item) => item.id).join();
  if (list.dataset['films'] === ids && list.children.length > 0) return;
  list.dataset['films'] = ids;
  const cards = items.slice(0, id === 'picks' ? 5 : 10).map(card);
  list.replaceChildren(...(cards.length ? cards : [h('li', { class: 'none' }, 'None at the moment.')]));
}

/** @param {Product} product */
function card(product) {
  const button = h('button', { type: 'button' }, poster(product));
  button.addEventListener('click', () => {
    film = product.id;
    orderOne();
    void showPage();
  });
  return h('li', {}, button);
}

/** @param {Product} product */
function poster(product) {
  const sheet = h('span', { class: 'poster' }, h('b', {}, product.title), h('span', {}, yearOf(product)));
  sheet.style.setProperty('--h', String(hueOf(`${product.genre} ${product.id}`)));
  return sheet;
}

/** @param {string} text @returns {number} 0 to 359 */
const hueOf = (text) =>
  Array.from(text).reduce((hash, character) => (hash * 31 + character.charCodeAt(0)) % 360, 7);

/** @param {Product} product */
const yearOf = ({ releaseDate }) => releaseDate?.slice(0, 4) ?? '';

/** @param {Product} product */
const price = ({ price: { amount, currency } }) =>
  new Intl.NumberFormat('en-GB', { style: 'currency', currency }).format(amount / 100);

/** @param {Product} product */
const rating = ({ imdb }) => (imdb.rating === null ? '' : `★ ${imdb.rating}`);
