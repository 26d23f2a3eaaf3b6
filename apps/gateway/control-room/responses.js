import { byId, h, formatRate } from './dom.js';
import { showFigures } from './edge-details.js';
import uPlot from './uPlot.esm.js';

/** @typedef {import('@film-store/ops').SystemSnapshot} SystemSnapshot */
/** @typedef {NonNullable<SystemSnapshot['responsesPerSecond']>} Responses */

const WINDOW_S = 120;
const HEIGHT = 232;
/** Snapshots between two updates of the plot's text for screen readers. */
const LABEL_EVERY = 10;

/** @type {{ kind: keyof Responses, title: string, dash: number[] }[]} */
const kinds = [
  { kind: 'good', title: 'good', dash: [] },
  { kind: 'degraded', title: 'degraded', dash: [8, 4] },
  { kind: 'shed', title: 'shed', dash: [2, 3] },
  { kind: 'failed', title: 'failed', dash: [10, 3, 2, 3] },
];

/** @type {{ at: number, responses: Responses | null }[]} */
let samples = [];
/** @type {uPlot | undefined} */
let plot;
let shownSnapshots = 0;

/** Returns the color of an element as `rgb(…)`, the format that the plot needs. @param {HTMLElement} element */
function readColor(element) {
  byId('plot').append(element);
  const { color } = getComputedStyle(element);
  element.remove();
  return color;
}

const readClassColor = (/** @type {string} */ name) => readColor(h('i', { class: `is-${name}` }));

function readLineColor() {
  const element = h('i');
  element.style.color = getComputedStyle(document.body).getPropertyValue('--line');
  return readColor(element);
}

function draw() {
  const holder = byId('plot');
  holder.replaceChildren();
  const axis = {
    stroke: readClassColor('inactive'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: readLineColor(), width: 1 },
    ticks: { show: false },
  };
  plot = new uPlot(
    {
      width: holder.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 18, 0, 0],
      scales: {
        x: { time: false, range: [-WINDOW_S, 0] },
        y: { range: (_plot, _min, max) => [0, Math.max(5, (max || 0) * 1.15)] },
      },
      axes: [
        {
          ...axis,
          size: 26,
          values: (_plot, values) => values.map((value) => (value === 0 ? 'now' : `${value} s`)),
        },
        { ...axis, size: 40 },
      ],
      series: [
        {},
        ...kinds.map(({ kind, title, dash }) => {
          const stroke = readClassColor(kind);
          const fill = stroke.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.1)');
          return { label: title, stroke, fill, dash, width: 2, points: { show: false } };
        }),
      ],
    },
    toPlotData(),
    holder,
  );
}

/** @returns {import('uplot').AlignedData} */
const toPlotData = () => {
  const now = samples.at(-1)?.at ?? 0;
  return [
    samples.map(({ at }) => (at - now) / 1000),
    ...kinds.map(({ kind }) => samples.map(({ responses }) => responses?.[kind] ?? null)),
  ];
};

/** @param {SystemSnapshot} snapshot */
export function showResponses({ at, responsesPerSecond, services }) {
  const now = Date.parse(at);
  const last = samples.at(-1);
  // Draws a gap for the time while the page was hidden or disconnected.
  if (last && now - last.at > 3000) samples.push({ at: now - 1, responses: null });
  samples.push({ at: now, responses: responsesPerSecond });
  samples = samples.filter((sample) => now - sample.at <= WINDOW_S * 1000);
  plot?.setData(toPlotData());
  showTiles(responsesPerSecond);
  const loadShedding = services[0]?.loadShedding;
  if (loadShedding) showLoadShedding(loadShedding);
  if (responsesPerSecond && shownSnapshots++ % LABEL_EVERY === 0) {
    const figures = kinds.map(({ kind, title }) => `${formatRate(responsesPerSecond[kind])} ${title}`);
    byId('plot').setAttribute(
      'aria-label',
      `Responses per second in the last two minutes, now ${figures.join(', ')}`,
    );
  }
}

/** @param {Responses | null} responses */
function showTiles(responses) {
  const list = byId('tiles');
  if (list.children.length === 0)
    list.append(...kinds.map(({ kind, title }) => h('li', { class: `is-${kind}` }, h('b', {}), title)));
  kinds.forEach(({ kind }, index) => {
    const value = list.children[index]?.querySelector('b');
    if (value) value.textContent = responses ? formatRate(responses[kind]) : '–';
  });
}

/** @param {NonNullable<SystemSnapshot['services'][number]['loadShedding']>} loadShedding */
function showLoadShedding({ inFlight, limit, queued, shedPerSecond }) {
  const shed = (/** @type {'critical' | 'normal' | 'sheddable'} */ priority) =>
    formatRate(shedPerSecond?.[priority] ?? null);
  showFigures(byId('load-shedding'), [
    ['In flight', `${inFlight} of ${limit}`, 'the limit adapts to latency'],
    ['Waiting', `${queued}`, 'in the queue'],
    [
      'Shed, by priority',
      shed('sheddable'),
      `sheddable, ${shed('normal')} normal, ${shed('critical')} critical`,
    ],
  ]);
}

/** Draws the plot, and redraws it when its width or the color scheme changes. */
export function startPlot() {
  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  new ResizeObserver(() => plot?.setSize({ width: byId('plot').clientWidth, height: HEIGHT })).observe(
    byId('plot'),
  );
}
