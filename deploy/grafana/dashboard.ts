import type { Platform } from '../platform/define-platform.ts';
import { publicService } from '../platform/derived.ts';

/** One expression, and the legend of its series: label names in `{{}}`. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export interface Panel {
  /** Title of a row that begins with this panel. */
  readonly row?: string;
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
  /** Name of its file, and last part of its uid and title. */
  readonly name: string;
  readonly variables: readonly Variable[];
  readonly panels: readonly Panel[];
}

/** Selects the series of this platform. Another platform may use the same Prometheus. */
export const JOB = 'job="film-store"';
/** The uid under which the data source is provisioned. */
const datasource = { type: 'prometheus', uid: 'prometheus' };
/** Width of a dashboard. */
export const COLUMNS = 24;
const HEIGHT = 8;

/** Converts a dashboard to the JSON that Grafana reads. */
export function grafanaDashboard(dashboard: Dashboard, platform: Platform): object {
  const tags = [platform.name];
  const controlRoom = {
    type: 'link',
    title: 'Control room',
    // The default address in the demo and in compose.
    url: `http://localhost:${publicService(platform).port}`,
    icon: 'external link',
    targetBlank: true,
  };
  return {
    uid: `${platform.name}-${dashboard.name}`,
    title: `${platform.title}: ${dashboard.name}`,
    tags,
    schemaVersion: 39,
    editable: false,
    refresh: '10s',
    time: { from: 'now-30m', to: 'now' },
    // Links to the dashboards with the same tag keep the selected time and variables.
    links: [
      { type: 'dashboards', tags, title: platform.title, keepTime: true, includeVars: true },
      ...(platform.parts.includes('control-room') ? [controlRoom] : []),
    ],
    templating: { list: dashboard.variables.map(grafanaVariable) },
    panels: placePanels(dashboard.panels).map((placed, index) => Object.assign({ id: index + 1 }, placed)),
  };
}

interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Places panels from left to right. A panel that does not fit, or that begins a row, starts a new line. */
function placePanels(panels: readonly Panel[]): object[] {
  let x = 0;
  let y = 0;
  return panels.flatMap((panel) => {
    const w = panel.width ?? COLUMNS / 3;
    if (x > 0 && (panel.row !== undefined || x + w > COLUMNS)) [x, y] = [0, y + HEIGHT];
    const header = panel.row === undefined ? [] : [grafanaRow(panel.row, y++)];
    const gridPos = { x, y, w, h: HEIGHT };
    x += w;
    return [...header, grafanaPanel(panel, gridPos)];
  });
}

const grafanaRow = (title: string, y: number): object => ({
  type: 'row',
  title,
  gridPos: { x: 0, y, w: COLUMNS, h: 1 },
  collapsed: false,
  panels: [],
});

function grafanaPanel(panel: Panel, gridPos: GridPosition): object {
  const { title, description, unit, queries, type = 'timeseries', names } = panel;
  const mappings = names && [
    { type: 'value', options: Object.fromEntries(names.map((text, index) => [index, { text, index }])) },
  ];
  return {
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
