import { byId, h, rate } from './dom.js';
import { showFigures } from './edge-details.js';
import uPlot from './uPlot.esm.js';

/** @typedef {import('@film-store/ops').SystemSnapshot} SystemSnapshot */
/** @typedef {NonNullable<SystemSnapshot['responsesPerSecond']>} Answers */

const WINDOW_S = 120;
const HEIGHT = 232;
/** How often the plot is told to those who cannot see it, in snapshots. */
const TELL_EVERY = 10;

/** @type {{ kind: keyof Answers, title: string, dash: number[] }[]} */
const kinds = [
  { kind: 'good', title: 'good', dash: [] },
  { kind: 'degraded', title: 'degraded', dash: [8, 4] },
  { kind: 'shed', title: 'shed', dash: [2, 3] },
  { kind: 'failed', title: 'failed', dash: [10, 3, 2, 3] },
];

/** @type {{ at: number, answers: Answers | null }[]} */
let seen = [];
/** @type {uPlot | undefined} */
let plot;
let shown = 0;

const colour = (/** @type {string} */ name) => {
  const probe = h('i', { class: `is-${name}` });
  byId('plot').append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
};

function draw() {
  const holder = byId('plot');
  holder.replaceChildren();
  const style = getComputedStyle(document.body);
  const quiet = colour('away');
  const line = style.getPropertyValue('--line');
  const axis = {
    stroke: quiet,
    font: '12px system-ui, sans-serif',
    grid: { stroke: colourOf(line), width: 1 },
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
        y: { range: (_plot, _least, most) => [0, Math.max(5, (most || 0) * 1.15)] },
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
          const stroke = colour(kind);
          const fill = stroke.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.1)');
          return { label: title, stroke, fill, dash, width: 2, points: { show: false } };
        }),
      ],
    },
    data(),
    holder,
  );
}

/** A custom property is told as it is written; an element's colour as the browser understands it. @param {string} value */
function colourOf(value) {
  const probe = h('i');
  probe.style.color = value;
  byId('plot').append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** @returns {import('uplot').AlignedData} */
const data = () => {
  const now = seen.at(-1)?.at ?? 0;
  return [
    seen.map(({ at }) => (at - now) / 1000),
    ...kinds.map(({ kind }) => seen.map(({ answers }) => answers?.[kind] ?? null)),
  ];
};

/** @param {SystemSnapshot} snapshot */
export function showAnswers({ at, responsesPerSecond, services }) {
  const now = Date.parse(at);
  const last = seen.at(-1);
  // What nobody watched is a gap, not a line.
  if (last && now - last.at > 3000) seen.push({ at: now - 1, answers: null });
  seen.push({ at: now, answers: responsesPerSecond });
  seen = seen.filter((each) => now - each.at <= WINDOW_S * 1000);
  plot?.setData(data());
  showTiles(responsesPerSecond);
  const loadShedding = services[0]?.loadShedding;
  if (loadShedding) showLoadShedding(loadShedding);
  if (responsesPerSecond && shown++ % TELL_EVERY === 0) {
    const figures = kinds.map(({ kind, title }) => `${rate(responsesPerSecond[kind])} ${title}`);
    byId('plot').setAttribute('aria-label', `Answers per second over two minutes, now ${figures.join(', ')}`);
  }
}

/** @param {Answers | null} answers */
function showTiles(answers) {
  const list = byId('tiles');
  if (list.children.length === 0)
    list.append(...kinds.map(({ kind, title }) => h('li', { class: `is-${kind}` }, h('b', {}), title)));
  kinds.forEach(({ kind }, index) => {
    const value = list.children[index]?.querySelector('b');
    if (value) value.textContent = answers ? rate(answers[kind]) : '–';
  });
}

/** @param {NonNullable<SystemSnapshot['services'][number]['loadShedding']>} loadShedding */
function showLoadShedding({ inFlight, limit, queued, shedPerSecond }) {
  const shed = (/** @type {'critical' | 'normal' | 'sheddable'} */ priority) =>
    rate(shedPerSecond?.[priority] ?? null);
  showFigures(byId('inbound'), [
    ['In flight', `${inFlight} of ${limit}`, 'the limit follows latency'],
    ['Waiting', `${queued}`, 'in a short queue'],
    [
      'Shed, by priority',
      shed('sheddable'),
      `sheddable, ${shed('normal')} normal, ${shed('critical')} critical`,
    ],
  ]);
}

/** Draws the plot, and anew for another width or other colours. */
export function startPlot() {
  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  new ResizeObserver(() => plot?.setSize({ width: byId('plot').clientWidth, height: HEIGHT })).observe(
    byId('plot'),
  );
}
