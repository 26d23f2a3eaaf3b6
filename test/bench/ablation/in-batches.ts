/** Runs `work` for each item, at most `size` at the same time, and returns the results in their order. */
export async function inBatches<Item, T>(
  items: readonly Item[],
  size: number,
  work: (item: Item, index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  for (let first = 0; first < items.length; first += size) {
    const batch = items.slice(first, first + size);
    results.push(...(await Promise.all(batch.map((item, nth) => work(item, first + nth)))));
  }
  return results;
}
