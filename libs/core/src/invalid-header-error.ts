import { brand } from './shared-identity.ts';

/** Reports an invalid request header. Nest's own exception filter responds with its `statusCode`. */
export class InvalidHeaderError extends Error {
  static {
    brand(this, 'core/InvalidHeaderError');
  }

  override readonly name = 'InvalidHeaderError';
  readonly statusCode = 400;
  readonly expose = true;
}
