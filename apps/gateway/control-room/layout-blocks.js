/** @typedef {import('./layout-rows.js').Item} Item */

/**
 * One service, or the part of a line that is straight. Its position `x` stays from `least` to `most`, so that all neighbors find
 * room.
 * @typedef {{ x: number, least: number, most: number, target: number, weight: number }} Block
 */
/**
 * `right` is at least `distance` right of `left`, because they are neighbors in a row. `force` is how much they push each other.
 * @typedef {{ left: Block, right: Block, distance: number, force: number, row: number }} Constraint
 */

/** @returns {Block} */
const createBlock = () => ({ x: 0, least: 0, most: 0, target: 0, weight: 0 });

/**
 * Makes each line one straight block. Bends it only where it crosses another line between two services, or where straight lines
 * would make the picture wider than `maxWidth`.
 * @param {Item[][]} rows @param {number} maxWidth
 */
export function toBlocks(rows, maxWidth) {
  /** Items whose line bends above them. @type {Set<Item>} */
  const bent = new Set();
  for (;;) {
    const blocks = joinLines(rows, bent);
    const findBlock = (/** @type {Item} */ item) => /** @type {Block} */ (blocks.get(item));
    const walls = { left: createBlock(), right: createBlock() };
    const constraints = toConstraints(rows, findBlock, walls);
    const before = measurePaths(constraints, 'left', 'right');
    const width = before(walls.right).length;
    const bend = width > maxWidth ? findBend(before(walls.right).path, rows, findBlock) : undefined;
    if (bend) {
      bent.add(bend);
      continue;
    }
    const after = measurePaths(constraints, 'right', 'left');
    for (const block of blocks.values()) {
      block.least = before(block).length;
      block.most = Math.max(width, maxWidth) - after(block).length;
      block.x = (block.least + block.most) / 2;
    }
    return {
      findBlock,
      constraints: constraints.filter(({ left, right }) => left !== walls.left && right !== walls.right),
    };
  }
}

/** @param {Item[][]} rows @param {Set<Item>} bent */
function joinLines(rows, bent) {
  /** @type {Map<Item, Block>} */
  const blocks = new Map();
  rows.forEach((row, index) => {
    const places = new Map((rows[index - 1] ?? []).map((item, place) => [item, place]));
    let rightmost = -1;
    for (const item of row) {
      const above = item.kind === 'service' || bent.has(item) ? undefined : item.up[0]?.from;
      const place = above && above.kind !== 'service' ? (places.get(above) ?? -1) : -1;
      const joined = place > rightmost && above ? blocks.get(above) : undefined;
      if (joined) rightmost = place;
      blocks.set(item, joined ?? createBlock());
    }
  });
  return blocks;
}

/** @param {Item[][]} rows @param {(item: Item) => Block} findBlock @param {{ left: Block, right: Block }} walls @returns {Constraint[]} */
const toConstraints = (rows, findBlock, walls) =>
  rows.flatMap((items, row) => {
    const [first, last] = [items[0], items.at(-1)];
    if (!first || !last) return [];
    const between = items.slice(1).map((item, index) => {
      const before = /** @type {Item} */ (items[index]);
      const margin = (before.extent.margin + item.extent.margin) / 2;
      const distance = Math.ceil(before.extent.right + margin + item.extent.left);
      return { left: findBlock(before), right: findBlock(item), distance, force: 0, row };
    });
    return [
      { left: walls.left, right: findBlock(first), distance: Math.ceil(first.extent.left), force: 0, row },
      ...between,
      { left: findBlock(last), right: walls.right, distance: Math.ceil(last.extent.right), force: 0, row },
    ];
  });

/**
 * Returns a function that finds the longest path of constraints to a block.
 * @param {Constraint[]} constraints @param {'left' | 'right'} start the side of its blocks where paths start @param {'left' | 'right'} end
 */
function measurePaths(constraints, start, end) {
  const byEnd = Map.groupBy(constraints, (constraint) => constraint[end]);
  /** @type {Map<Block, { length: number, path: Constraint[] }>} */
  const longest = new Map();
  const measure = (/** @type {Block} */ block) => {
    const known = longest.get(block);
    if (known) return known;
    /** @type {{ length: number, path: Constraint[] }} */
    let best = { length: 0, path: [] };
    for (const last of byEnd.get(block) ?? []) {
      const { length, path } = measure(last[start]);
      if (length + last.distance > best.length)
        best = { length: length + last.distance, path: [...path, last] };
    }
    longest.set(block, best);
    return best;
  };
  return measure;
}

/** Finds the place where a bend makes the picture narrower: in the longest line that pushes in two rows. @param {Constraint[]} path @param {Item[][]} rows @param {(item: Item) => Block} findBlock */
function findBend(path, rows, findBlock) {
  let longest = 0;
  /** @type {Item | undefined} */
  let found;
  path.slice(1).forEach(({ left, row }, index) => {
    const before = path[index]?.row ?? row;
    if (Math.abs(row - before) <= longest) return;
    longest = Math.abs(row - before);
    found = rows[Math.max(row, before)]?.find((item) => findBlock(item) === left);
  });
  return found;
}
