import { byId, h } from './dom.js';
import { entries, isObject } from './entries.js';
import { recommendations } from './recommendations.js';

/** @typedef {import('@film-store/contracts').ProductPage['product']} Product */
/** @typedef {import('@film-store/contracts').ProductPage} ProductPage */
/**
 * Shows the body of a part in the content that it created.
 * @typedef {{
 *   createContent: () => HTMLElement,
 *   show: (content: HTMLElement, body: unknown, onSelect: (film: Product) => void) => void,
 * }} PartView
 */

/** The views of parts that are no lists of plain entries, by feature. @type {Record<string, PartView>} */
const views = { recommendations };

/**
 * Shows every optional part of a product page: its title, its source or why it is degraded, and its content.
 * @param {ProductPage} page @param {(film: Product) => void} onSelect
 */
export function showPageParts(
  { product: _product, availability: _availability, degraded, ...bodies },
  onSelect,
) {
  const parts = /** @type {Record<string, unknown>} */ (bodies);
  const holder = byId('parts');
  const features = Object.keys(parts);
  if (holder.dataset['features'] !== features.join()) {
    holder.dataset['features'] = features.join();
    holder.replaceChildren(...features.map(createPart));
  }
  for (const [feature, body] of Object.entries(parts)) {
    const part = /** @type {HTMLElement} */ (holder.querySelector(`[data-part="${feature}"]`));
    const badge = /** @type {HTMLElement} */ (part.querySelector('.badge'));
    const degradation = degraded.find((each) => each.feature === feature);
    showSource(badge, findSource(body), degradation);
    findView(feature).show(/** @type {HTMLElement} */ (part.lastElementChild), body, onSelect);
  }
}

/** @param {string} feature */
const findView = (feature) => views[feature] ?? entries;

/** @param {string} feature */
const createPart = (feature) =>
  h(
    'div',
    { 'data-part': feature },
    h('h3', { class: 'row-title' }, toTitle(feature), ' ', h('span', { class: 'badge' })),
    findView(feature).createContent(),
  );

/**
 * Shows the source of a value, or that it is a fallback and why.
 * @param {HTMLElement} badge @param {string} source
 * @param {{ source: string, reason: string } | undefined} degradation @param {string | null} [age] of the response, in seconds
 */
export function showSource(badge, source, degradation, age) {
  badge.className = `badge is-${degradation ? 'degraded' : 'good'}`;
  const ageText = age ? `, ${age} s old` : '';
  const text = degradation ? `degraded: ${degradation.source}, ${degradation.reason}${ageText}` : source;
  if (badge.textContent !== text) badge.textContent = text;
}

/** Bodies of lists name their source. @param {unknown} body */
const findSource = (body) =>
  isObject(body) && typeof body['source'] === 'string' ? body['source'] : 'complete';

/** `filmReviews` → `Film reviews` @param {string} feature */
const toTitle = (feature) => {
  const words = feature.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
