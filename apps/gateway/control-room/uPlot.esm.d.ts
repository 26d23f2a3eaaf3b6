// The gateway serves uPlot beside the page's own modules.
export { default } from 'uplot';
