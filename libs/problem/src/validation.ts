import { type ArgumentMetadata, StandardSchemaValidationPipe } from '@nestjs/common';
import type { z } from 'zod';
import { Problem } from './problem.ts';

/** What can be wrong with a value that has the right form; all else is wrong form. */
const SEMANTIC = new Set<z.core.$ZodIssue['code']>(['too_small', 'too_big', 'custom', 'not_multiple_of']);

/** An RFC 6901 pointer to a place in the body, the query or the path's parameters. */
export const pointerTo = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The problem of a value that does not fit its schema: 400 where the form is wrong, 422 where only the value is. */
export function validationProblem(issues: readonly z.core.$ZodIssue[]): Problem {
  return new Problem('validation-failed', {
    status: issues.every((issue) => SEMANTIC.has(issue.code)) ? 422 : 400,
    errors: issues.map((issue) => ({ pointer: pointerTo(issue.path), detail: issue.message })),
  });
}

class ValidationPipe extends StandardSchemaValidationPipe {
  override transform<T = unknown>(value: T, metadata: ArgumentMetadata): Promise<T> {
    if (value === undefined && metadata.type === 'body' && metadata.schema)
      throw new Problem('validation-failed', { detail: 'the body is empty' });
    return super.transform(value, metadata);
  }

  /** Does nothing: schemas refuse prototype keys like any unknown key. Nest's pipe would drop them without an error. */
  protected override stripProtoKeys(): void {}
}

/** Checks every argument that declares a schema, `@Body({ schema })` say. */
export const validationPipe = (): StandardSchemaValidationPipe =>
  new ValidationPipe({
    // Every schema of the platform is a zod one, whose issues carry more than the standard asks for.
    exceptionFactory: (issues) => validationProblem(issues as readonly z.core.$ZodIssue[]),
  });
