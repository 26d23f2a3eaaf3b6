// Draws the plots in the order of the page, and draws them again in the colors of the other color scheme.
/* global uPlot */
const plots = JSON.parse(document.getElementById('plots').textContent);
const holders = [...document.querySelectorAll('.plot')];
const dark = matchMedia('(prefers-color-scheme: dark)');

// The colors of Okabe and Ito, which color-blind readers can distinguish. Each line has its own dashes as well.
const colors = () => [
  dark.matches ? '#56b4e9' : '#0072b2',
  dark.matches ? '#e69f00' : '#d55e00',
  '#009e73',
  '#cc79a7',
  dark.matches ? '#f0e442' : '#8a6d00',
  dark.matches ? '#e6e8eb' : '#1c1f23',
];
const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [1, 6]];

// Faults stand behind the lines, and each breaker that is not closed has a strip of its own at the top.
const bandColors = { fault: '#d55e0026', open: '#d55e00', probing: '#e69f00' };
const STRIP = 5;

function drawBands(plot, bands) {
  const { ctx, bbox } = plot;
  const strips = [
    ...new Set(bands.filter(({ kind }) => kind !== 'fault').map(({ name }) => name.split(':')[0])),
  ];
  const ratio = devicePixelRatio;
  ctx.save();
  for (const { name, kind, from, to } of bands) {
    const left = Math.max(plot.valToPos(from, 'x', true), bbox.left);
    const right = Math.min(plot.valToPos(to, 'x', true), bbox.left + bbox.width);
    const strip = strips.indexOf(name.split(':')[0]);
    const [top, height] =
      kind === 'fault' ? [bbox.top, bbox.height] : [bbox.top + strip * (STRIP + 1) * ratio, STRIP * ratio];
    ctx.fillStyle = bandColors[kind];
    ctx.fillRect(left, top, Math.max(right - left, ratio), height);
  }
  ctx.restore();
}

function draw(holder, { x, isXLogarithmic = false, y, series, bands = [] }) {
  const [text, line] = dark.matches ? ['#a0a8b3', '#343a42'] : ['#59616b', '#dfe3e8'];
  const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const options = {
    width: holder.clientWidth,
    height: 260,
    hooks: { drawClear: [(plot) => drawBands(plot, bands)] },
    legend: {
      live: false,
      markers: { dash: (_plot, index) => ['solid', 'dashed', 'dotted'][(index - 1) % 3] },
    },
    scales: {
      x: { time: false, distr: isXLogarithmic ? 3 : 1 },
      y: { range: { min: { pad: 0, soft: 0, mode: 1 }, max: { pad: 0.1 } } },
    },
    axes: [
      { ...axis, label: x },
      { ...axis, label: y, size: 60 },
    ],
    series: [
      { label: x },
      ...series.map(({ name }, index) => ({
        label: name,
        stroke: colors()[index % 6],
        dash: dashes[index % 6],
        width: 2,
        spanGaps: true,
      })),
    ],
  };
  const tables = series.map(({ points }) => [
    points.map((point) => point[0]),
    points.map((point) => point[1]),
  ]);
  holder.replaceChildren();
  return new uPlot(options, uPlot.join(tables), holder);
}

let drawn = [];
const drawAll = () => {
  drawn = holders.map((holder, index) => draw(holder, plots[index]));
};
drawAll();
dark.addEventListener('change', drawAll);
addEventListener('resize', () => {
  drawn.forEach((plot, index) => plot.setSize({ width: holders[index].clientWidth, height: 260 }));
});
