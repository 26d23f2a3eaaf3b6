/** @typedef {{ x: number, y: number, w: number, h: number }} Box */
/** @typedef {{ path: string, chip: [x: number, y: number] }} Line */
/** @typedef {{ width: number, height: number, nodes: Record<string, Box>, lines: Record<string, Line> }} Layout */

/** Positions on a wide screen. @type {Layout} */
export const wide = {
  width: 1020,
  height: 424,
  nodes: {
    visitors: { x: 0, y: 168, w: 108, h: 64 },
    gateway: { x: 160, y: 148, w: 188, h: 104 },
    catalog: { x: 544, y: 24, w: 188, h: 104 },
    recommendations: { x: 544, y: 276, w: 188, h: 104 },
    database: { x: 912, y: 44, w: 108, h: 64 },
    redis: { x: 196, y: 358, w: 116, h: 64 },
    identity: { x: 196, y: 0, w: 116, h: 56 },
  },
  lines: {
    'visitors→gateway': { path: 'M108 200H154', chip: [0, 0] },
    'gateway→catalog': { path: 'M348 176C440 176 450 76 538 76', chip: [446, 126] },
    'gateway→recommendations': { path: 'M348 224C440 224 450 328 538 328', chip: [446, 276] },
    'gateway→redis': { path: 'M254 252V352', chip: [254, 304] },
    'gateway→identity': { path: 'M254 148V62', chip: [254, 102] },
    'recommendations→catalog': { path: 'M638 276V134', chip: [638, 202] },
    'catalog→database': { path: 'M732 76H906', chip: [819, 76] },
  },
};

/** Positions on a narrow screen. @type {Layout} */
export const narrow = {
  width: 344,
  height: 590,
  nodes: {
    visitors: { x: 107, y: 0, w: 120, h: 54 },
    gateway: { x: 72, y: 90, w: 190, h: 100 },
    catalog: { x: 0, y: 290, w: 158, h: 100 },
    recommendations: { x: 170, y: 290, w: 158, h: 100 },
    database: { x: 14, y: 530, w: 120, h: 58 },
    redis: { x: 198, y: 530, w: 120, h: 58 },
    identity: { x: 0, y: 0, w: 96, h: 54 },
  },
  lines: {
    'visitors→gateway': { path: 'M167 54V84', chip: [0, 0] },
    'gateway→catalog': { path: 'M130 190C130 230 79 240 79 284', chip: [79, 236] },
    'gateway→recommendations': { path: 'M204 190C204 230 249 240 249 284', chip: [249, 236] },
    'gateway→redis': { path: 'M262 140H336V480C336 505 258 490 258 524', chip: [260, 488] },
    'gateway→identity': { path: 'M100 90L60 58', chip: [50, 74] },
    'recommendations→catalog': { path: 'M230 390C230 432 110 432 110 396', chip: [170, 424] },
    'catalog→database': { path: 'M52 390V524', chip: [82, 488] },
  },
};
