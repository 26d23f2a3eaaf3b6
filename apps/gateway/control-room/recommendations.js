import { h } from './dom.js';
import { showFilms } from './films.js';

/** @typedef {import('@film-store/contracts').ProductPage['recommendations']} RecommendedProducts */
/** @typedef {import('./page-parts.js').PartView} PartView */

/** A row of the page has five posters. */
const SHOWN = 5;

/** @type {PartView} */
export const recommendations = {
  createContent: () => h('ul', { class: 'films' }),
  show(list, body, onSelect) {
    const { items } = /** @type {RecommendedProducts} */ (body);
    showFilms(list, items.slice(0, SHOWN), onSelect);
  },
};
