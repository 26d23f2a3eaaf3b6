/** Returns the positions of the `count` highest scores, best first. Equal scores keep the order of their positions. */
export function findTop(scores: Float64Array, count: number): number[] {
  const best: number[] = [];
  scores.forEach((score, position) => {
    if (best.length === count && score <= scores[best[count - 1]!]!) return;
    const insertAt = best.findIndex((other) => score > scores[other]!);
    best.splice(insertAt === -1 ? best.length : insertAt, 0, position);
    if (best.length > count) best.pop();
  });
  return best;
}
