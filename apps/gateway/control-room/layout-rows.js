/** @typedef {{ from: string, to: string }} Call */
/** @typedef {{ left: number, right: number, height: number, margin: number }} Extent distances from the anchor, and the distance to an equal neighbor, in pixels */
/**
 * A place in a row: a service, the chip of a call, or a lane, where the line of a call passes the row.
 * @typedef {{ kind: 'service' | 'chip' | 'lane', name: string, extent: Extent, x: number, up: Link[], down: Link[] }} Item
 */
/**
 * A piece of a line between two rows. `fromPort` and `toPort` are where it leaves and enters, as distances from the anchors.
 * @typedef {{ from: Item, to: Item, fromPort: number, toPort: number }} Link
 */
/** The places that a line passes, from top to bottom. @typedef {{ call: Call, upwards: boolean, items: Item[] }} Chain */
/** @typedef {{ rows: Item[][], chains: Chain[] }} Rows */
/** A row of chips between two ranks. @typedef {{ calls: Set<DownCall>, width: number }} ChipRow */
/** A call in the direction in which it is drawn. @typedef {{ call: Call, upper: string, lower: string }} DownCall */

/** @param {Call} call */
export const toEdgeName = ({ from, to }) => `${from}→${to}`;

/**
 * Places services in rows, so that calls go down as far as they form no cycle, and gives each call a chip in a row between.
 * A row that would be wider than `rowWidth` continues in the next one.
 * @param {string[]} services the entry first
 * @param {Call[]} calls
 * @param {(service: string) => Extent} measureExtent
 * @param {{ chip: { w: number, h: number }, laneGap: number, chipGap: number, rowWidth: number }} format
 * @returns {Rows}
 */
export function toRows(services, calls, measureExtent, format) {
  const downCalls = directDown(services, calls);
  const ranks = rankServices(services, downCalls, (name) => toWidth(measureExtent(name)), format.rowWidth);
  const findRank = (/** @type {string} */ name) => ranks.get(name) ?? 0;
  const rankCount = Math.max(0, ...ranks.values()) + 1;
  const chipRows = placeChips(downCalls, findRank, rankCount, format);

  /** @type {Map<string, Item>} */
  const items = new Map(services.map((name) => [name, createItem('service', name, measureExtent(name))]));
  const chip = {
    left: format.chip.w / 2,
    right: format.chip.w / 2,
    height: format.chip.h,
    margin: format.chipGap,
  };
  const lane = { left: 0, right: 0, height: 0, margin: format.laneGap };
  /** @type {Item[][]} */
  const rows = [];
  const chains = downCalls.map(({ call, upper, lower }) => ({
    call,
    upper,
    lower,
    items: [/** @type {Item} */ (items.get(upper))],
  }));
  for (let rank = 0; rank < rankCount; rank += 1) {
    const row = [...items.values()].filter(({ name }) => findRank(name) === rank);
    rows.push(row);
    for (const chain of chains)
      if (findRank(chain.upper) < rank && rank < findRank(chain.lower)) row.push(addTo(chain, 'lane', lane));
    for (const { calls: withChip } of chipRows[rank] ?? []) {
      const passing = chains.filter(({ upper, lower }) => findRank(upper) <= rank && rank < findRank(lower));
      rows.push(
        passing.map((chain) => {
          const hasChip = [...withChip].some(({ call }) => call === chain.call);
          return hasChip ? addTo(chain, 'chip', chip) : addTo(chain, 'lane', lane);
        }),
      );
    }
  }
  for (const chain of chains) chain.items.push(/** @type {Item} */ (items.get(chain.lower)));
  for (const chain of chains) linkItems(chain.items);
  return {
    rows,
    chains: chains.map(({ call, upper, items: passed }) => ({
      call,
      upwards: call.from !== upper,
      items: passed,
    })),
  };
}

/** @param {Extent} extent */
const toWidth = ({ left, right, margin }) => left + right + margin;

/** @param {Item['kind']} kind @param {string} name @param {Extent} extent @returns {Item} */
const createItem = (kind, name, extent) => ({ kind, name, extent, x: 0, up: [], down: [] });

/** @param {{ call: Call, items: Item[] }} chain @param {Item['kind']} kind @param {Extent} extent */
function addTo(chain, kind, extent) {
  const item = createItem(kind, toEdgeName(chain.call), extent);
  chain.items.push(item);
  return item;
}

/** @param {Item[]} items */
function linkItems(items) {
  items.slice(1).forEach((to, index) => {
    const from = /** @type {Item} */ (items[index]);
    const link = { from, to, fromPort: 0, toPort: 0 };
    from.down.push(link);
    to.up.push(link);
  });
}

/** Turns the calls that close a cycle and those to the entry, so that all calls together go down. @param {string[]} services @param {Call[]} calls */
function directDown(services, calls) {
  const [entry] = services;
  /** @type {DownCall[]} */
  const directed = [];
  const finished = new Set();
  const visit = (/** @type {string} */ name, /** @type {Set<string>} */ path) => {
    if (finished.has(name)) return;
    path.add(name);
    for (const call of calls.filter(({ from }) => from === name)) {
      if (call.to === entry || path.has(call.to)) directed.push({ call, upper: call.to, lower: name });
      else {
        directed.push({ call, upper: name, lower: call.to });
        visit(call.to, path);
      }
    }
    path.delete(name);
    finished.add(name);
  };
  for (const name of services) visit(name, new Set());
  return directed;
}

/**
 * Gives each service a rank below all its callers. Of the services that fit into the same row, the one that ends more lines than
 * it starts comes first, so that few lines pass other services.
 * @param {string[]} services @param {DownCall[]} calls @param {(service: string) => number} measureWidth @param {number} rowWidth
 */
function rankServices(services, calls, measureWidth, rowWidth) {
  const [entry = ''] = services;
  const ranks = new Map([[entry, 0]]);
  const widths = [measureWidth(entry)];
  const findCalls = (/** @type {string} */ name) => ({
    callers: calls.filter(({ lower }) => lower === name).map(({ upper }) => upper),
    called: calls.filter(({ upper }) => upper === name),
  });
  const describe = (/** @type {string} */ name) => {
    const { callers, called } = findCalls(name);
    let rank = Math.max(0, ...callers.map((caller) => (ranks.get(caller) ?? 0) + 1));
    while ((widths[rank] ?? 0) > 0 && (widths[rank] ?? 0) + measureWidth(name) > rowWidth) rank += 1;
    return { name, rank, ended: callers.length - called.length };
  };
  while (ranks.size < services.length) {
    const ready = services.filter(
      (name) => !ranks.has(name) && findCalls(name).callers.every((caller) => ranks.has(caller)),
    );
    const [next] = ready.map(describe).toSorted((a, b) => a.rank - b.rank || b.ended - a.ended);
    if (!next) throw new Error('the calls form a cycle');
    ranks.set(next.name, next.rank);
    widths[next.rank] = (widths[next.rank] ?? 0) + measureWidth(next.name);
  }
  return ranks;
}

/**
 * Distributes the chips over rows between the ranks: short calls first, each into the row with the most room.
 * @param {DownCall[]} calls @param {(service: string) => number} findRank @param {number} rankCount
 * @param {{ chip: { w: number }, chipGap: number, rowWidth: number }} format
 * @returns {ChipRow[][]} the rows below each rank
 */
function placeChips(calls, findRank, rankCount, { chip, chipGap, rowWidth }) {
  /** @type {ChipRow[][]} */
  const rows = Array.from({ length: rankCount - 1 }, () => [{ calls: new Set(), width: 0 }]);
  const measureLength = (/** @type {DownCall} */ { upper, lower }) => findRank(lower) - findRank(upper);
  for (const call of calls.toSorted((a, b) => measureLength(a) - measureLength(b))) {
    const below = rows.slice(findRank(call.upper), findRank(call.lower));
    const room = below.flat().toSorted((a, b) => a.width - b.width)[0];
    const width = chip.w + chipGap;
    if (room && (room.width === 0 || room.width + width <= rowWidth + chipGap)) {
      room.calls.add(call);
      room.width += width;
    } else {
      const fewest = below.toSorted((a, b) => a.length - b.length)[0];
      fewest?.push({ calls: new Set([call]), width });
    }
  }
  return rows;
}
