import { h } from './dom.js';

/** @typedef {import('@film-store/contracts').ProductPage['product']} Product */

/**
 * Shows films as posters that a user can select.
 * @param {HTMLElement} list @param {readonly Product[]} films @param {(film: Product) => void} onSelect
 */
export function showFilms(list, films, onSelect) {
  const ids = films.map(({ id }) => id).join();
  if (list.dataset['films'] === ids && list.children.length > 0) return;
  list.dataset['films'] = ids;
  const cards = films.map((film) => createCard(film, onSelect));
  list.replaceChildren(...(cards.length ? cards : [h('li', { class: 'none' }, 'No films available.')]));
}

/** @param {Product} film @param {(film: Product) => void} onSelect */
function createCard(film, onSelect) {
  const button = h('button', { type: 'button' }, createPoster(film));
  button.addEventListener('click', () => onSelect(film));
  return h('li', {}, button);
}

/** @param {Product} film */
export function createPoster(film) {
  const sheet = h('span', { class: 'poster' }, h('b', {}, film.title), h('span', {}, toYear(film)));
  sheet.style.setProperty('--h', String(toHue(`${film.genre} ${film.id}`)));
  return sheet;
}

/** @param {string} text @returns {number} 0 to 359 */
const toHue = (text) =>
  Array.from(text).reduce((hash, character) => (hash * 31 + character.charCodeAt(0)) % 360, 7);

/** @param {Product} film */
export const toYear = ({ releaseDate }) => releaseDate?.slice(0, 4) ?? '';
