/** One expression, and the legend of its series: label names in `{{}}`. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** Describes the values of the panel, and how to read them. */
  readonly description: string;
  /** A unit of Grafana: `s`, `bytes`, `percentunit`, `reqps`, `short`, … */
  readonly unit: string;
  readonly queries: readonly Query[];
  readonly type?: 'timeseries' | 'stat' | 'state-timeline';
  /** Names of the values, from 0. */
  readonly names?: readonly string[];
  /** In columns, of 24. @default 8 */
  readonly width?: number;
}

/** A selector at the top of a dashboard: the values of one label in some series. */
export interface Variable {
  readonly name: string;
  readonly series: string;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly variables: readonly Variable[];
  readonly panels: readonly Panel[];
}

/** The uid under which the data source is provisioned. */
const datasource = { type: 'prometheus', uid: 'prometheus' };
// #region part: control-room
/** The default address in the demo and in compose. */
const CONTROL_ROOM = 'http://localhost:3000';
// #endregion part: control-room
const COLUMNS = 24;
const HEIGHT = 8;

/** Converts a dashboard to the JSON that Grafana reads. */
export function grafanaDashboard({ uid, title, variables, panels }: Dashboard): object {
  return {
    uid,
    title,
    tags: ['film-store'],
    schemaVersion: 39,
    editable: false,
    refresh: '10s',
    time: { from: 'now-30m', to: 'now' },
    // Links to the dashboards with the same tag keep the selected time and variables.
    links: [
      { type: 'dashboards', tags: ['film-store'], title: 'Film store', keepTime: true, includeVars: true },
      // #region part: control-room
      { type: 'link', title: 'Control room', url: CONTROL_ROOM, icon: 'external link', targetBlank: true },
      // #endregion part: control-room
    ],
    templating: { list: variables.map(grafanaVariable) },
    panels: placePanels(panels).map(({ panel, gridPos }, index) => grafanaPanel(panel, index + 1, gridPos)),
  };
}

interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Places panels from left to right. A panel that does not fit starts a new row. */
function placePanels(panels: readonly Panel[]): { panel: Panel; gridPos: GridPosition }[] {
  let x = 0;
  let y = 0;
  return panels.map((panel) => {
    const w = panel.width ?? COLUMNS / 3;
    if (x + w > COLUMNS) [x, y] = [0, y + HEIGHT];
    const gridPos = { x, y, w, h: HEIGHT };
    x += w;
    return { panel, gridPos };
  });
}

function grafanaPanel(panel: Panel, id: number, gridPos: GridPosition): object {
  const { title, description, unit, queries, type = 'timeseries', names } = panel;
  const mappings = names && [
    { type: 'value', options: Object.fromEntries(names.map((text, index) => [index, { text, index }])) },
  ];
  return {
    id,
    type,
    title,
    description,
    gridPos,
    datasource,
    fieldConfig: { defaults: { unit, min: 0, ...(mappings && { mappings }) }, overrides: [] },
    ...(type === 'timeseries' && { options: { legend: { showLegend: true }, tooltip: { mode: 'multi' } } }),
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCodePoint(65 + index),
      datasource,
      expr,
      legendFormat: legend,
    })),
  };
}

const grafanaVariable = ({ name, series }: Variable): object => {
  const query = `label_values(${series}, ${name})`;
  return {
    name,
    label: name,
    type: 'query',
    datasource,
    definition: query,
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: ['All'], value: ['$__all'] },
  };
};
