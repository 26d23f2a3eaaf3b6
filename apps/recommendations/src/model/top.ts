/** The positions of the `count` highest scores, best first, equal ones in order of position. */
export function findTop(scores: Float64Array, count: number): number[] {
  const best: number[] = [];
  scores.forEach((score, position) => {
    if (best.length === count && score <= scores[best[count - 1]!]!) return;
    const beaten = best.findIndex((other) => score > scores[other]!);
    best.splice(beaten === -1 ? best.length : beaten, 0, position);
    if (best.length > count) best.pop();
  });
  return best;
}
