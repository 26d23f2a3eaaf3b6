import { NO_ACTION } from './no-action.ts';

/** Describes the log events of recommendations. */
export const recommendationsEvents = {
  'database.damaged': {
    when: 'A running service found damage in the file of films and sales. It deletes the file and exits with 1.',
    action:
      'Restart recommendations, if your platform does not. They read films and orders again. Check the disk.',
  },
  'database.discarded': {
    when: 'The file of films and sales is damaged, or is from another version. Recommendations read all films and orders again.',
    action: 'None after an update. Otherwise check the disk.',
  },
  'feed.read_failed': {
    when: 'Recommendations could not read the order feed of catalog. Logged once until a read succeeds.',
    action: 'Follow the runbook `FeedLag`.',
  },
  'feed.read_recovered': { when: 'Recommendations read the order feed again.', action: NO_ACTION },
  'feed.restarted': {
    when: 'Catalog has a different order history, for example after a restore. Recommendations count from the start.',
    action: 'None if catalog was restored. Otherwise check which database catalog uses.',
  },
  'films.rejected': {
    when: 'Some films of catalog break the contract. Recommendations leave them out.',
    action: 'Correct the film in `firstError`, or the contract.',
  },
  'films.read_failed': {
    when: 'Recommendations could not read the films of catalog. Logged once until a read succeeds.',
    action: 'Check catalog. Recommendations use the films of their last read.',
  },
  'films.read_recovered': { when: 'Recommendations read the films again.', action: NO_ACTION },
  'model.built': { when: 'Recommendations use a new model.', action: NO_ACTION },
  'scoring.worker_exited': {
    when: 'A scoring worker exited while it was idle. The pool starts another one.',
    action: 'Check the memory of the container if the event repeats.',
  },
};

/** Describes the health indicators of recommendations. */
export const recommendationsIndicators = {
  'recommendations/catalog': 'The last read of the order feed of catalog succeeded.',
  'recommendations/model': 'A model exists.',
  'recommendations/sales':
    'All orders of the feed are counted. Reports the lag, and is degraded from one minute of it.',
  'recommendations/scoring': 'A worker runs, and the queue of scoring tasks has room.',
};
