import { type ArgumentMetadata, StandardSchemaValidationPipe } from '@nestjs/common';
import type { z } from 'zod';
import { Problem } from './problem.ts';

/** Issues of a value whose form is right. All other issues concern the form. */
const SEMANTIC = new Set<z.core.$ZodIssue['code']>(['too_small', 'too_big', 'custom', 'not_multiple_of']);

/** Returns an RFC 6901 pointer. */
export const toPointer = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Returns a 400 if the form of a value is wrong, and a 422 if only its content is. */
export const toValidationProblem = (issues: readonly z.core.$ZodIssue[]): Problem =>
  new Problem('validation-failed', {
    status: issues.every((issue) => SEMANTIC.has(issue.code)) ? 422 : 400,
    errors: issues.map((issue) => ({ pointer: toPointer(issue.path), detail: issue.message })),
  });

class ValidationPipe extends StandardSchemaValidationPipe {
  override transform<T = unknown>(value: T, metadata: ArgumentMetadata): Promise<T> {
    if (value === undefined && metadata.type === 'body' && metadata.schema)
      throw new Problem('validation-failed', { detail: 'the body is empty' });
    return super.transform(value, metadata);
  }

  /** Schemas reject prototype keys as unknown keys. Nest's pipe would drop them without an error. */
  protected override stripProtoKeys(): void {}
}

/** Creates a pipe that validates every argument with a schema, for example `@Body({ schema })`. */
export const validationPipe = (): StandardSchemaValidationPipe =>
  new ValidationPipe({
    // The schemas are zod schemas, so the issues are zod's.
    exceptionFactory: (issues) => toValidationProblem(issues as readonly z.core.$ZodIssue[]),
  });
