/** Reports a request header whose value is not valid. Nest's own exception filter responds with its `statusCode`. */
export class InvalidHeaderError extends Error {
  override readonly name = 'InvalidHeaderError';
  readonly statusCode = 400;
  readonly expose = true;
}
