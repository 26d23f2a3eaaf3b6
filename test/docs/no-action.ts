/** The instruction for events that need none. */
export const NO_ACTION = 'None.';
