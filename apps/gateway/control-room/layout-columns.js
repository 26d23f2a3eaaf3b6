import { toBlocks } from './layout-blocks.js';

/** @typedef {import('./layout-blocks.js').Block} Block */
/** @typedef {import('./layout-blocks.js').Constraint} Constraint */
/** @typedef {import('./layout-rows.js').Item} Item */

const ROUNDS = 150;
/** Passes over the constraints in each round. */
const PASSES = 8;
/** Least distance of two lines at a service, and of a line from a corner, in pixels. */
const PORT_GAP = 24;
const CORNER = 20;
/** Weight of a bend between two services, against 1 for a bend at a service. */
const BEND_WEIGHT = 4;
/** Weight of a service without calls. */
const LONELY_WEIGHT = 0.1;

/**
 * Sets the horizontal position of each item, so that lines are as straight and as short as the order of the rows and the width
 * allow: least squares of the bends, with the distances of neighbors as constraints (Hildreth's method).
 * @param {Item[][]} rows in their order
 * @param {number} boxWidth
 * @param {number} maxWidth of all, if the rows are not wider
 */
export function placeColumns(rows, boxWidth, maxWidth) {
  const { findBlock, constraints } = toBlocks(rows, maxWidth);
  const items = rows.flat();
  const bends = items.flatMap(({ down }) => down).filter(({ from, to }) => findBlock(from) !== findBlock(to));
  const blocks = [...new Set(items.map(findBlock))];
  const apply = () => {
    for (const item of items) item.x = findBlock(item).x;
    for (const item of items) if (item.kind === 'service') placePorts(item, boxWidth);
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const block of blocks) Object.assign(block, { target: 0, weight: 0 });
    for (const { from, to, fromPort, toPort } of bends) {
      const weight = from.kind === 'service' || to.kind === 'service' ? 1 : BEND_WEIGHT;
      pull(findBlock(from), to.x + toPort - fromPort, weight);
      pull(findBlock(to), from.x + fromPort - toPort, weight);
    }
    for (const block of blocks) settle(block);
    satisfy(blocks, constraints);
    apply();
  }
  separate(blocks, constraints);
  apply();
}

/** @param {Block} block @param {number} target @param {number} weight */
function pull(block, target, weight) {
  block.target += target * weight;
  block.weight += weight;
}

/** Moves a block half of the way to the mean of its targets, because its targets move too. @param {Block} block */
function settle(block) {
  block.target = block.weight > 0 ? (block.target / block.weight + block.x) / 2 : block.x;
  block.weight ||= LONELY_WEIGHT;
  block.x = block.target;
}

/** Moves the blocks as little as their neighbors and the width demand. @param {Block[]} blocks @param {Constraint[]} constraints */
function satisfy(blocks, constraints) {
  for (const { left, right, force } of constraints) {
    left.x -= force / left.weight;
    right.x += force / right.weight;
  }
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (const constraint of constraints) {
      const { left, right, distance, force } = constraint;
      const lacking = (distance - right.x + left.x) / (1 / left.weight + 1 / right.weight);
      const more = Math.max(lacking, -force);
      constraint.force += more;
      left.x -= more / left.weight;
      right.x += more / right.weight;
    }
    for (const block of blocks) block.x = clamp(block.x, block.least, block.most);
  }
}

/** @param {number} value @param {number} least @param {number} most */
const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

/** Rounds the positions, and moves blocks right where they are still too close. @param {Block[]} blocks @param {Constraint[]} constraints */
function separate(blocks, constraints) {
  const byRight = Map.groupBy(
    constraints.filter(({ distance }) => distance > 0),
    ({ right }) => right,
  );
  const placed = new Set();
  const place = (/** @type {Block} */ block) => {
    if (placed.has(block)) return;
    placed.add(block);
    const leasts = (byRight.get(block) ?? []).map(({ left, distance }) => {
      place(left);
      return left.x + distance;
    });
    block.x = Math.max(Math.round(block.x), ...leasts);
  };
  blocks.forEach(place);
}

/** Lets each line leave a service where it is straightest. @param {Item} item @param {number} width */
function placePorts(item, width) {
  const room = width / 2 - CORNER;
  const down = item.down.toSorted((a, b) => a.to.x - b.to.x);
  const up = item.up.toSorted((a, b) => a.from.x - b.from.x);
  const downPorts = spread(
    down.map(({ to }) => to.x - item.x),
    room,
  );
  const upPorts = spread(
    up.map(({ from }) => from.x - item.x),
    room,
  );
  down.forEach((link, index) => (link.fromPort = downPorts[index] ?? 0));
  up.forEach((link, index) => (link.toPort = upPorts[index] ?? 0));
}

/**
 * Returns the positions closest to the wishes, in their order, apart and within the room (pool adjacent violators).
 * @param {number[]} wishes in ascending order @param {number} room to each side
 */
function spread(wishes, room) {
  const distance = Math.min(PORT_GAP, (2 * room) / Math.max(1, wishes.length - 1));
  const most = room - (wishes.length - 1) * distance;
  /** @type {{ sum: number, count: number }[]} */
  const pools = [];
  wishes.forEach((wish, index) => {
    let pool = { sum: clamp(wish - index * distance, -room, most), count: 1 };
    for (
      let last = pools.at(-1);
      last && last.sum / last.count >= pool.sum / pool.count;
      last = pools.at(-1)
    ) {
      pools.pop();
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count };
    }
    pools.push(pool);
  });
  const positions = pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
  return positions.map((position, index) => Math.round(position + index * distance));
}
