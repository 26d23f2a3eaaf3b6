import { JOB, type Panel } from './dashboard.ts';

export const dataAge: Panel = {
  title: 'Age of data',
  description:
    'Time since recommendations last read the orders (every second) and the films (every 5 minutes) of the catalog.',
  unit: 's',
  queries: [{ expr: `max by (data) (catalog_data_age_seconds{${JOB}})`, legend: '{{data}}' }],
};
