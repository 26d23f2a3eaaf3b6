const OPERATIONS = /^\/(?:$|(?:health|metrics|ops|docs|control-room)(?:\/|$))/;

/**
 * Whether a route is for those who run the service, its front page too. Those must work when nothing else does, and
 * some never end.
 */
export const isOperatorRoute = (route: string): boolean => OPERATIONS.test(route);
