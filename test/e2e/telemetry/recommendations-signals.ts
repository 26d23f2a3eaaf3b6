/** The edges of spans that recommendations add, as `service: span`. */
export const recommendationsEdges = [
  'gateway: GET /api/products/:id > gateway: GET recommendations',
  'gateway: GET recommendations > recommendations: GET /recommendations',
  // Popular films, if personal ones are unavailable.
  'gateway: GET catalog > catalog: GET /products',
  'catalog: GET /products > catalog: SELECT films',
] as const;

/** The metrics that only recommendations send. */
export const recommendationsMetrics = {
  'catalog.data.age': { by: ['recommendations'], labels: { data: ['feed', 'films'] } },
  'catalog.films.rejected': { by: ['recommendations'], labels: {} },
};
