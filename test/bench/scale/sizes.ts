export interface ScaleSize {
  readonly films: number;
  /** Orders of one to three lines, two on average. */
  readonly orders: number;
}

export const scaleSizes = {
  small: { films: 3_200, orders: 10_000 },
  medium: { films: 100_000, orders: 1_000_000 },
  large: { films: 1_000_000, orders: 5_000_000 },
} as const satisfies Readonly<Record<string, ScaleSize>>;

export type ScaleSizeName = keyof typeof scaleSizes;

export const SCALE_SIZE_NAMES = Object.keys(scaleSizes) as ScaleSizeName[];

/** Formats a number with commas, as in `3,200 films`. */
export const formatCount = (count: number): string => count.toLocaleString('en');
