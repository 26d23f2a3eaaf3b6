import { degradable } from '../../deploy/local/services.ts';
import { platform } from '../../platform.config.ts';

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
  // #region part: recommendations
  { title: 'without recommendations', commands: ['remove recommendations'] },
  // #region part: flags
  { title: 'without recommendations and flags', commands: ['remove recommendations', 'remove flags'] },
  // #endregion part: flags
  // #endregion part: recommendations
  // #region part: control-room
  { title: 'without the control room', commands: ['remove control-room'] },
  // #endregion part: control-room
  // #region part: k8s
  { title: 'without k8s', commands: ['remove k8s'] },
  // #endregion part: k8s
  // #region part: faults
  { title: 'without faults', commands: ['remove faults'] },
  // #endregion part: faults
  {
    title: 'without any optional part',
    commands: [...platform.parts, ...degradable].map((name) => `remove ${name}`),
  },
];
