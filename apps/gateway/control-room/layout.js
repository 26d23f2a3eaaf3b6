import { placeColumns } from './layout-columns.js';
import { orderRows } from './layout-order.js';
import { toEdgeName, toRows } from './layout-rows.js';
import { STORE_GAP, stackRows, toBox, toLine, toStoreLine, toVisitors } from './layout-shapes.js';

/** @typedef {import('./layout-rows.js').Call} Call */
/** @typedef {import('./layout-rows.js').Item} Item */
/** @typedef {import('./layout-shapes.js').Box} Box */
/**
 * The content of the picture. The first service is the entry, which visitors call. A store is what only its caller uses.
 * @typedef {{ services: string[], calls: Call[], stores: Call[] }} Graph
 */
/** The line of a call and its chip, or the line to a store and the store. @typedef {{ call: Call, isStore: boolean, path: string, chip: Box }} Line */
/**
 * `lines` are from top to bottom and from left to right.
 * @typedef {{ width: number, height: number, visitors: Box, entryPath: string, services: Record<string, Box>, lines: Line[] }} Layout
 */
/** @typedef {typeof wide} Format sizes in pixels */

/** For wide screens. A row holds four services, or two with stores. */
export const wide = {
  box: { w: 188, h: 104 },
  chip: { w: 158, h: 44 },
  store: { w: 112, h: 48 },
  visitors: { w: 108, h: 64, beside: true },
  /** Length of the lines to stores and from visitors. */
  stub: 48,
  /** Distances of neighbors in a row. */
  serviceGap: 28,
  chipGap: 16,
  laneGap: 14,
  /** Width of a row of services or chips. */
  rowWidth: 920,
  /** Width of all, unless lines that pass a row need more. */
  maxWidth: 1020,
};

/** For phones. A row holds two services, or one with stores. @type {Format} */
export const narrow = {
  ...wide,
  box: { w: 158, h: 104 },
  store: { w: 106, h: 48 },
  visitors: { w: 120, h: 54, beside: false },
  stub: 46,
  serviceGap: 24,
  rowWidth: 344,
  maxWidth: 372,
};

/**
 * Computes the picture of a system: services in rows below their callers, stores beside their services, and a chip on each line.
 * Boxes and chips never overlap, and lines pass between them. The result depends only on the names, not on their order.
 * @param {Graph} graph with at least one service
 * @param {Format} format
 * @returns {Layout} with coordinates from 0 to its width and height
 */
export function layOut({ services: [entry = '', ...others], calls, stores }, format) {
  const storesByService = Map.groupBy(stores.toSorted(compareNames), ({ from }) => from);
  const { rows, chains } = toRows(
    [entry, ...others.toSorted()],
    calls.toSorted(compareNames),
    (name) => toExtent(name === entry, storesByService.get(name)?.length ?? 0, format),
    format,
  );
  const ordered = orderRows(rows);
  placeColumns(ordered, format.box.w, format.maxWidth);
  const width = moveToOrigin(ordered.flat());
  const { bands, height } = stackRows(ordered, format.visitors.beside ? 0 : format.visitors.h + format.stub);

  const items = ordered.flat().filter(({ kind }) => kind === 'service');
  const boxes = Object.fromEntries(
    items.map((item) => [item.name, toBox(item.x, bands.middle(item), format.box)]),
  );
  const findBox = (/** @type {string} */ name) => /** @type {Box} */ (boxes[name]);
  const storeLines = [...storesByService].flatMap(([name, own]) =>
    own.map((call, index) => toStoreLine(call, findBox(name), index, own.length, format)),
  );
  const callLines = chains.map((chain) => toLine(chain, bands, findBox, format.chip));
  const lines = [...storeLines, ...callLines].toSorted(({ chip: a }, { chip: b }) => a.y - b.y || a.x - b.x);
  return { width, height, services: boxes, lines, ...toVisitors(findBox(entry), format) };
}

/** @param {Call} a @param {Call} b */
const compareNames = (a, b) => (toEdgeName(a) < toEdgeName(b) ? -1 : 1);

/** Returns the room of a service with its stores, and with the visitors of the entry. @param {boolean} isEntry @param {number} stores @param {Format} format */
function toExtent(isEntry, stores, { box, store, stub, visitors, serviceGap }) {
  return {
    left: box.w / 2 + (isEntry && visitors.beside ? stub + visitors.w : 0),
    right: box.w / 2 + (stores > 0 ? stub + store.w : 0),
    height: Math.max(box.h, stores * (store.h + STORE_GAP) - STORE_GAP),
    margin: serviceGap,
  };
}

/** Moves the leftmost item to 0, and returns the width of all. @param {Item[]} items */
function moveToOrigin(items) {
  const left = Math.min(...items.map(({ x, extent }) => x - extent.left));
  for (const item of items) item.x -= left;
  return Math.max(...items.map(({ x, extent }) => x + extent.right));
}
