/** @typedef {import('./layout.js').Format} Format */
/** @typedef {import('./layout-rows.js').Call} Call */
/** @typedef {import('./layout-rows.js').Chain} Chain */
/** @typedef {import('./layout-rows.js').Item} Item */
/** @typedef {{ x: number, y: number, w: number, h: number }} Box */

/** Vertical distance of two stores of a service. */
export const STORE_GAP = 8;
/** Distance of the end of a line from its node, which the arrow fills. */
const ARROW = 6;
/** Least distance of the line to a store from a corner of the box. */
const CORNER = 16;

/** Where the rows are: `middle` is the vertical center of the row of an item. @typedef {ReturnType<typeof stackRows>['bands']} Bands */

/** Stacks the rows. The wider the lines between two rows swing, the more distance they get. @param {Item[][]} rows @param {number} top */
export function stackRows(rows, top) {
  /** @type {Map<Item, { top: number, bottom: number }>} */
  const bounds = new Map();
  let bottom = top;
  rows.forEach((row, index) => {
    const links = row.flatMap(({ up }) => up);
    const swing = Math.max(
      0,
      ...links.map(({ from, to, fromPort, toPort }) => Math.abs(from.x + fromPort - to.x - toPort)),
    );
    const start = index === 0 ? top : bottom + Math.round(Math.min(28 + swing / 8, 64));
    bottom = start + Math.max(0, ...row.map(({ extent }) => extent.height));
    for (const item of row) bounds.set(item, { top: start, bottom });
  });
  const find = (/** @type {Item} */ item) => bounds.get(item) ?? { top, bottom };
  const middle = (/** @type {Item} */ item) => (find(item).top + find(item).bottom) / 2;
  return { bands: { find, middle }, height: bottom };
}

/** @param {number} x @param {number} y @param {{ w: number, h: number }} size @returns {Box} around a point */
export const toBox = (x, y, { w, h }) => ({ x: x - w / 2, y: y - h / 2, w, h });

/** @param {Call} call @param {Box} box of the service @param {number} index @param {number} count @param {Format} format */
export function toStoreLine(call, box, index, count, { store, stub }) {
  const y = box.y + box.h / 2 + (index - (count - 1) / 2) * (store.h + STORE_GAP);
  const x = box.x + box.w;
  const start = Math.min(Math.max(y, box.y + CORNER), box.y + box.h - CORNER);
  const end = x + stub - ARROW;
  const path =
    start === y ? `M${x} ${y}H${end}` : `M${x} ${start}C${x + 8} ${start} ${x} ${y} ${x + 12} ${y}H${end}`;
  return { call, isStore: true, path, chip: { x: x + stub, y: y - store.h / 2, ...store } };
}

/** @param {Chain} chain @param {Bands} bands @param {(service: string) => Box} findBox @param {{ w: number, h: number }} chip */
export function toLine({ call, upwards, items }, bands, findBox, chip) {
  /** The vertical pieces of the line, downwards. @type {[x: number, start: number, end: number][]} */
  const pieces = items.map((item, index) => {
    const { top, bottom } = bands.find(item);
    if (item.kind !== 'service') return [item.x, top, bottom];
    const box = findBox(item.name);
    const hasArrow = (index === 0) === upwards;
    const [end, straight] = hasArrow ? [ARROW, 2 * ARROW] : [0, 0];
    const port = index === 0 ? items[1]?.up[0]?.fromPort : items[index - 1]?.down[0]?.toPort;
    const x = item.x + (port ?? 0);
    const under = box.y + box.h;
    return index === 0
      ? [x, under + end, Math.max(bottom, under + straight)]
      : [x, Math.min(top, box.y - straight), box.y - end];
  });
  const ordered = upwards
    ? pieces.toReversed().map(([x, start, end]) => /** @type {typeof pieces[number]} */ ([x, end, start]))
    : pieces;
  const holder = /** @type {Item} */ (items.find(({ kind }) => kind === 'chip'));
  return { call, isStore: false, path: toPath(ordered), chip: toBox(holder.x, bands.middle(holder), chip) };
}

/** Joins vertical pieces by curves. @param {[x: number, start: number, end: number][]} pieces */
function toPath(pieces) {
  let path = '';
  let lastX = 0;
  let lastY = 0;
  for (const [x, start, end] of pieces) {
    const middle = (lastY + start) / 2;
    if (path === '') path = `M${x} ${start}`;
    else if (x !== lastX) path += `C${lastX} ${middle} ${x} ${middle} ${x} ${start}`;
    path += `V${end}`;
    lastX = x;
    lastY = end;
  }
  return path;
}

/** @param {Box} entry @param {Format} format @returns {{ visitors: Box, entryPath: string }} */
export function toVisitors({ x, y, w, h }, { visitors, stub }) {
  const middle = { x: x + w / 2, y: y + h / 2 };
  return visitors.beside
    ? {
        visitors: toBox(x - stub - visitors.w / 2, middle.y, visitors),
        entryPath: `M${x - stub} ${middle.y}H${x - ARROW}`,
      }
    : {
        visitors: toBox(middle.x, y - stub - visitors.h / 2, visitors),
        entryPath: `M${middle.x} ${y - stub}V${y - ARROW}`,
      };
}
