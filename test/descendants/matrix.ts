/** A change that a team makes to its clone after the rename. Each entry is the words of one `npm run platform` command. */
export interface Change {
  readonly title: string;
  readonly commands: readonly string[];
}

export const names: readonly string[] = ['acme-shop', 'x', 'Shop2', 'my.org-shop'];

const addReviews = 'add service reviews --calls catalog --called-by gateway --degradable';

export const changes: readonly Change[] = [
  { title: 'as it is', commands: [] },
  { title: 'with reviews', commands: [addReviews] },
  {
    title: 'with two services that call each other',
    commands: [addReviews, 'add service critics --calls reviews --called-by gateway,reviews --degradable'],
  },
  { title: 'without recommendations', commands: ['remove recommendations'] },
  { title: 'without recommendations and flags', commands: ['remove recommendations', 'remove flags'] },
  { title: 'without the control room', commands: ['remove control-room'] },
  { title: 'without k8s', commands: ['remove k8s'] },
  { title: 'without faults', commands: ['remove faults'] },
  {
    title: 'without any optional part',
    commands: ['control-room', 'k8s', 'faults', 'flags', 'recommendations'].map((name) => `remove ${name}`),
  },
];
