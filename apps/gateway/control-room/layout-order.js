/** @typedef {import('./layout-rows.js').Item} Item */
/** @typedef {import('./layout-rows.js').Link} Link */

/** Sweeps over the rows. Graphs of a dozen services settle in fewer. */
const SWEEPS = 16;

/** Orders each row so that few lines cross: barycenter sweeps, then exchanges of neighbors. @param {Item[][]} rows */
export function orderRows(rows) {
  let best = rows;
  let fewest = countCrossings(rows);
  for (const start of [rows, rows.map((row) => row.toReversed())]) {
    let current = start;
    for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep += 1) {
      current = exchangeNeighbors(sweepRows(current, sweep % 2 === 0));
      const crossings = countCrossings(current);
      if (crossings < fewest) [best, fewest] = [current, crossings];
    }
  }
  return best;
}

/** Sorts each row by the mean position of its neighbors in the row before. @param {Item[][]} rows @param {boolean} down */
function sweepRows(rows, down) {
  const sorted = down ? [...rows] : rows.toReversed();
  for (let index = 1; index < sorted.length; index += 1) {
    const places = toPlaces(sorted[index - 1] ?? []);
    const row = sorted[index] ?? [];
    const center = (/** @type {Item} */ item, /** @type {number} */ place) => {
      const neighbors = down ? item.up.map(({ from }) => from) : item.down.map(({ to }) => to);
      const sum = neighbors.reduce((total, each) => total + (places.get(each) ?? 0), 0);
      return neighbors.length ? sum / neighbors.length : place;
    };
    const centers = new Map(row.map((item, place) => [item, center(item, place)]));
    sorted[index] = row.toSorted((a, b) => (centers.get(a) ?? 0) - (centers.get(b) ?? 0));
  }
  return down ? sorted : sorted.toReversed();
}

/** Exchanges neighbors in a row while that removes crossings. @param {Item[][]} rows */
function exchangeNeighbors(rows) {
  const current = rows.map((row) => [...row]);
  for (let improved = true; improved;) {
    improved = false;
    current.forEach((row, index) => {
      for (let place = 0; place + 1 < row.length; place += 1) {
        const around = current.slice(Math.max(0, index - 1), index + 2);
        const before = countCrossings(around);
        exchange(row, place);
        if (countCrossings(around) < before) improved = true;
        else exchange(row, place);
      }
    });
  }
  return current;
}

/** @param {Item[]} row @param {number} place */
function exchange(row, place) {
  const [left, right] = row.slice(place, place + 2);
  if (left && right) row.splice(place, 2, right, left);
}

/** @param {Item[]} row */
const toPlaces = (row) => new Map(row.map((item, place) => [item, place]));

/** @param {Item[][]} rows */
export function countCrossings(rows) {
  let crossings = 0;
  for (let index = 0; index + 1 < rows.length; index += 1) {
    const upper = toPlaces(rows[index] ?? []);
    const lower = toPlaces(rows[index + 1] ?? []);
    const links = [...upper.keys()].flatMap(({ down }) => down);
    const ends = links.map(({ from, to }) => [upper.get(from) ?? 0, lower.get(to) ?? 0]);
    ends.forEach(([from = 0, to = 0], link) => {
      for (const [otherFrom = 0, otherTo = 0] of ends.slice(link + 1))
        if ((from - otherFrom) * (to - otherTo) < 0) crossings += 1;
    });
  }
  return crossings;
}
