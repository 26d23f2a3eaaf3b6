import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box } from './layout-shapes.js';
import { type Format, type Graph, type Layout, layOut, narrow, wide } from './layout.js';

const toCalls = (text: string) =>
  text
    .split(' ')
    .filter(Boolean)
    .map((call) => {
      const [from = '', to = ''] = call.split('>');
      return { from, to };
    });
const toGraph = (services: string, calls: string, stores: string): Graph => ({
  services: services.split(' '),
  calls: toCalls(calls),
  stores: toCalls(stores),
});

const three = toGraph(
  'gateway catalog offers',
  'gateway>offers gateway>catalog offers>catalog',
  'gateway>redis catalog>database',
);
const four = toGraph(
  'gateway catalog offers reviews',
  'gateway>offers gateway>catalog gateway>reviews offers>catalog reviews>catalog',
  'gateway>redis gateway>identity catalog>database reviews>database',
);
/** Orders and payments call each other. */
const six = toGraph(
  'gateway catalog offers reviews orders payments',
  'gateway>offers gateway>catalog gateway>reviews gateway>orders offers>catalog reviews>catalog ' +
    'orders>catalog orders>payments payments>orders',
  'gateway>redis gateway>identity catalog>database reviews>database reviews>redis orders>database payments>bank',
);
const nine = toGraph(
  'gateway catalog offers reviews orders payments search shipping customers',
  'gateway>offers gateway>catalog gateway>reviews gateway>orders gateway>search gateway>customers ' +
    'offers>catalog reviews>catalog reviews>customers orders>catalog orders>payments payments>orders ' +
    'orders>shipping search>catalog',
  'gateway>redis gateway>identity catalog>database offers>redis reviews>database orders>database ' +
    'payments>bank search>redis shipping>database customers>database',
);
const formats: [string, Format][] = [
  ['wide', wide],
  ['narrow', narrow],
];
const graphs: [string, Graph][] = [
  ['three services', three],
  ['four services', four],
  ['six services', six],
  ['nine services', nine],
  ['one service', toGraph('gateway', '', '')],
  ['services without calls', toGraph('gateway catalog reviews', '', 'catalog>database')],
  ['a service without callers', toGraph('gateway catalog jobs', 'gateway>catalog jobs>catalog', '')],
  [
    'services that call the entry',
    toGraph('gateway catalog jobs', 'gateway>catalog catalog>gateway jobs>gateway', ''),
  ],
  ['a service with five stores', toGraph('gateway', '', 'gateway>a gateway>b gateway>c gateway>d gateway>e')],
  ['ten services below one', toGraph('g a b c d e f h i j k', 'g>a g>b g>c g>d g>e g>f g>h g>i g>j g>k', '')],
];
const cases = graphs.flatMap(([name, graph]) =>
  formats.map(([size, format]) => ({ name, size, graph, format })),
);

const randomGraph = fc
  .record({
    count: fc.integer({ min: 1, max: 9 }),
    calls: fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { maxLength: 20 }),
    stores: fc.array(fc.tuple(fc.nat(8), fc.nat(2)), { maxLength: 9 }),
  })
  .map(({ count, calls, stores }): Graph => {
    const services = Array.from({ length: count }, (_, index) => `service-${index}`);
    const name = (index: number) => services[index % count] ?? '';
    const called = calls.map(([from, to]) => ({ from: name(from), to: name(to) }));
    const stored = stores.map(([from, to]) => ({ from: name(from), to: `store-${to}` }));
    return { services, calls: unique(called.filter(({ from, to }) => from !== to)), stores: unique(stored) };
  });
const unique = (calls: Graph['calls']) => [
  ...new Map(calls.map((call) => [`${call.from}>${call.to}`, call])).values(),
];

describe('the layout', () => {
  it.each(cases)('of $name is clear on a $size screen', ({ graph, format }) => {
    expect(findFaults(graph, layOut(graph, format))).toEqual([]);
  });

  it('is clear for every graph', () => {
    fc.assert(
      fc.property(randomGraph, fc.constantFrom(wide, narrow), (graph, format) => {
        expect(findFaults(graph, layOut(graph, format))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it.each(cases)('of $name does not depend on the order of names ($size)', ({ graph, format }) => {
    const { services, calls, stores } = graph;
    const [entry = '', ...others] = services;
    const turned = {
      services: [entry, ...others.toReversed()],
      calls: calls.toReversed(),
      stores: stores.toReversed(),
    };
    expect(layOut(turned, format)).toEqual(layOut(graph, format));
  });

  it.each([
    ['wide', wide, 1020],
    ['narrow', narrow, 420],
  ])('of nine services fits a %s screen', (_, format, width) => {
    expect(layOut(nine, format).width).toBeLessThanOrEqual(width);
  });

  it('shows calls downwards, and the second of two opposite calls upwards', () => {
    const { services, lines } = layOut(six, wide);
    const rising = lines.filter(
      ({ call, isStore }) => !isStore && top(services, call.from) > top(services, call.to),
    );
    expect(rising.map(({ call }) => call)).toEqual([{ from: 'payments', to: 'orders' }]);
  });
});

const top = (services: Layout['services'], name: string) => services[name]?.y ?? Number.NaN;

/** Finds what makes a picture unclear. */
function findFaults(graph: Graph, layout: Layout): string[] {
  const { services, lines, visitors, width, height } = layout;
  const boxes: [string, Box][] = [
    ['visitors', visitors],
    ...Object.entries(services),
    ...lines.map(({ call, chip }): [string, Box] => [`${call.from}>${call.to}`, chip]),
  ];
  const missing = [
    ...graph.services.filter((name) => !services[name]),
    ...[...graph.calls, ...graph.stores]
      .map(({ from, to }) => `${from}>${to}`)
      .filter((name) => !boxes.some(([each]) => each === name)),
  ].map((name) => `${name} is missing`);
  const outside = boxes
    .filter(([, { x, y, w, h }]) => x < 0 || y < 0 || x + w > width || y + h > height)
    .map(([name]) => `${name} is outside`);
  const overlapping = boxes.flatMap(([name, box], index) =>
    boxes
      .slice(index + 1)
      .flatMap(([other, otherBox]) => (overlap(box, otherBox) ? [`${name} overlaps ${other}`] : [])),
  );
  const unclear = lines.flatMap(({ call, isStore, path, chip }) => {
    const name = `${call.from}>${call.to}`;
    const points = toPoints(path);
    const ends: [string, Point | undefined, Box | undefined][] = [
      [call.from, points[0], services[call.from]],
      [call.to, points.at(-1), isStore ? chip : services[call.to]],
    ];
    const loose = ends.flatMap(([node, point, box]) =>
      point && box && distance(point, box) <= 6 ? [] : [`${name} does not reach ${node}`],
    );
    const crossed = boxes
      .filter(([other, box]) => other !== name && points.some((point) => isInside(point, box)))
      .map(([other]) => `${name} crosses ${other}`);
    const picture = { x: 0, y: 0, w: width, h: height };
    const leaving = points.some((point) => distance(point, picture) > ROUNDING)
      ? [`${name} leaves the picture`]
      : [];
    const bare = isStore || points.some((point) => isInside(point, chip)) ? [] : [`${name} misses its chip`];
    return [loose, crossed, leaving, bare].flat();
  });
  return [...missing, ...outside, ...overlapping, ...unclear];
}

const overlap = (a: Box, b: Box) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const ROUNDING = 1e-6;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Returns whether a point is inside a box, and not on its border. */
const isInside = ({ x, y }: Point, box: Box) =>
  Math.min(x - box.x, box.x + box.w - x, y - box.y, box.y + box.h - y) > ROUNDING;

const distance = ({ x, y }: Point, box: Box) =>
  Math.hypot(Math.max(box.x - x, 0, x - box.x - box.w), Math.max(box.y - y, 0, y - box.y - box.h));

const STEPS = 24;

/** Returns points along a path of the commands M, H, V and C. */
function toPoints(path: string): Point[] {
  const points: Point[] = [];
  for (const [, command = '', text = ''] of path.matchAll(/([MHVC])([^MHVC]*)/g)) {
    const numbers = text
      .trim()
      .split(/[\s,]+/)
      .map(Number);
    const last = points.at(-1) ?? { x: 0, y: 0 };
    const [a = 0, b = 0, c = 0, d = 0, x = a, y = b] = numbers;
    const end = command === 'H' ? { x: a, y: last.y } : command === 'V' ? { x: last.x, y: a } : { x, y };
    const [first, second] =
      command === 'C'
        ? [
            { x: a, y: b },
            { x: c, y: d },
          ]
        : [last, end];
    if (command === 'M') points.push(end);
    else
      for (let step = 1; step <= STEPS; step += 1)
        points.push(toBezierPoint([last, first, second, end], step / STEPS));
  }
  return points;
}

const toBezierPoint = (points: readonly Point[], part: number): Point => {
  const weights = [(1 - part) ** 3, 3 * part * (1 - part) ** 2, 3 * part ** 2 * (1 - part), part ** 3];
  const sum = (axis: keyof Point) =>
    points.reduce((total, point, index) => total + point[axis] * (weights[index] ?? 0), 0);
  return { x: sum('x'), y: sum('y') };
};
