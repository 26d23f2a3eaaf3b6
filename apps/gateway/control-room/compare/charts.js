import { byId, h } from '../dom.js';
import uPlot from '../uPlot.esm.js';

/** @typedef {import('../../../../deploy/local/compare/report.js').RunState} RunState */
/** @typedef {import('../../../../deploy/local/compare/report.js').SecondOfSide} SecondOfSide */

const HEIGHT = 170;
/** Seconds of an axis without data. */
const EMPTY_S = 90;
/** Seconds between two updates of the texts for screen readers. */
const LABEL_EVERY_S = 10;

/** @type {{ title: string, toValue: (second: SecondOfSide) => number | null, least: number }[]} */
const charts = [
  { title: 'Good responses', toValue: ({ good }) => good, least: 5 },
  { title: 'Degraded responses', toValue: ({ degraded }) => degraded, least: 5 },
  { title: 'Failed responses', toValue: ({ failed }) => failed, least: 5 },
  { title: 'p99, in seconds', toValue: ({ p99Ms }) => (p99Ms === null ? null : p99Ms / 1000), least: 1 },
  { title: 'Calls to upstreams', toValue: ({ calls }) => calls, least: 5 },
];

/** @type {RunState | null} */
let shown = null;
/** @type {uPlot[]} */
let plots = [];

/** Returns the color of a class as `rgb(…)`, the format that the plot needs. @param {string} name */
function readColor(name) {
  const element = h('i', { class: `is-${name}` });
  byId('charts').append(element);
  const { color } = getComputedStyle(element);
  element.remove();
  return color;
}

/** Draws the charts, and redraws them when their width or the color scheme changes. */
export function startCharts() {
  byId('charts').append(
    ...charts.map(({ title }) =>
      h('div', {}, h('h3', {}, title), h('div', { role: 'img', 'aria-label': `${title}: no data yet` })),
    ),
  );
  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  new ResizeObserver(() => {
    for (const plot of plots)
      plot.setSize({ width: findHolder(plots.indexOf(plot)).clientWidth, height: HEIGHT });
  }).observe(byId('charts'));
}

/** @param {number} index */
const findHolder = (index) => /** @type {HTMLElement} */ (byId('charts').children[index]?.lastElementChild);

function draw() {
  for (const plot of plots) plot.destroy();
  plots = charts.map(({ least }, index) => createPlot(least, findHolder(index)));
  showCharts(shown);
}

/** @param {number} least upper end of the axis @param {HTMLElement} holder */
function createPlot(least, holder) {
  const axis = { stroke: readColor('inactive'), font: '12px system-ui, sans-serif', ticks: { show: false } };
  const fault = readColor('fault');
  const series = { width: 2, points: { show: false } };
  return new uPlot(
    {
      width: holder.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 10, 0, 0],
      scales: {
        x: { time: false, range: (_plot, _min, max) => [0, Math.max(EMPTY_S, max || 0)] },
        y: { range: (_plot, _min, max) => [0, Math.max(least, (max || 0) * 1.15)] },
      },
      axes: [
        {
          ...axis,
          size: 24,
          grid: { show: false },
          values: (_plot, values) => values.map((value) => `${value} s`),
        },
        { ...axis, size: 34, grid: { stroke: readColor('inactive'), width: 0.25 } },
      ],
      series: [
        {},
        { ...series, label: 'ours', stroke: readColor('ours') },
        { ...series, label: 'naive twin', stroke: readColor('twin'), dash: [7, 4] },
      ],
      hooks: { drawClear: [(plot) => shadeFault(plot, fault)] },
    },
    [[], [], []],
    holder,
  );
}

/** @param {uPlot} plot @param {string} color */
function shadeFault(plot, color) {
  if (!shown || shown.faultFrom === null) return;
  const from = plot.valToPos(shown.faultFrom, 'x', true);
  const to = plot.valToPos(shown.faultTo ?? shown.seconds.length, 'x', true);
  plot.ctx.save();
  plot.ctx.fillStyle = color;
  plot.ctx.fillRect(from, plot.bbox.top, to - from, plot.bbox.height);
  plot.ctx.restore();
}

/** @param {RunState | null} run */
export function showCharts(run) {
  shown = run;
  const seconds = run?.seconds ?? [];
  charts.forEach(({ title, toValue }, index) => {
    plots[index]?.setData([
      seconds.map((_, second) => second + 1),
      seconds.map(({ ours }) => toValue(ours)),
      seconds.map(({ twin }) => toValue(twin)),
    ]);
    const last = seconds.at(-1);
    if (last && seconds.length % LABEL_EVERY_S === 1)
      findHolder(index).setAttribute(
        'aria-label',
        `${title}, now ${toValue(last.ours)} ours, ${toValue(last.twin)} naive twin`,
      );
  });
}
