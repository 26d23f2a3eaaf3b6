import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject, StandardSchemaConverter } from '@nestjs/swagger';
import { z } from 'zod';
import { PROBLEM_MEDIA_TYPE, type ProblemCode, problemBody, problemKinds } from '@film-store/problem';
import { REQUEST_TIMEOUT, isOperatorRoute } from '@film-store/core';

/** The page at `/docs` needs its own scripts, and the styles in its HTML. Pass it to `securityHeadersPlugin`. */
export const OPENAPI_PAGE_POLICIES = {
  '/docs':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/**
 * Serves the OpenAPI document of a module and of the feature modules that it imports: as a page at `/docs` and as JSON at
 * `/docs/openapi.json`.
 */
export async function serveOpenApi(
  app: NestFastifyApplication,
  module: Type,
  { title, description }: { title: string; description: string },
): Promise<void> {
  // Loaded on demand, because it is large.
  const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  const outline = new DocumentBuilder()
    .setTitle(title)
    .setDescription(description)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth()
    .build();
  const options = { include: [module], deepScanRoutes: true, standardSchemaConverter };
  const createDocument = () => addCommonParts(SwaggerModule.createDocument(app, outline, options));
  SwaggerModule.setup('docs', app, createDocument, {
    jsonDocumentUrl: 'docs/openapi.json',
    yamlDocumentUrl: 'docs/openapi.yaml',
    customSiteTitle: title,
  });
}

/** Converts to JSON Schema 2020-12 of OpenAPI 3.1. The default converter writes 3.0, which has no `null` type. */
const standardSchemaConverter: StandardSchemaConverter = (schema, { schemaType }) => {
  const { $schema, $defs, id, ...converted } = z.toJSONSchema(schema as z.ZodType, { io: schemaType });
  return typeof id === 'string'
    ? { schema: { $ref: `#/components/schemas/${id}` }, components: { ...$defs, [id]: converted } }
    : { schema: converted, components: $defs ?? {} };
};

const requestTimeout = {
  name: REQUEST_TIMEOUT,
  in: 'header' as const,
  description:
    'Time in which the client needs the response, in milliseconds. It can shorten the deadline of a request, but not extend it. After it the response is a 504.',
  schema: { type: 'integer', minimum: 0, maximum: 999_999_999 } as const,
};

const COMMON_PROBLEMS: readonly ProblemCode[] = [
  'validation-failed',
  'request-timeout',
  'uri-too-long',
  'headers-too-large',
  'internal',
  'upstream-bad-response',
  'upstream-unreachable',
  'overloaded',
  'breaker-open',
  'bulkhead-full',
  'unavailable',
  'upstream-timeout',
  'deadline-exceeded',
];
const BODY_PROBLEMS: readonly ProblemCode[] = ['payload-too-large', 'unsupported-media-type'];

interface DocumentedOperation {
  readonly requestBody?: unknown;
  readonly responses: Record<string, { description: string }>;
  readonly parameters: unknown[];
}

function addCommonParts({ paths: allPaths, ...document }: OpenAPIObject): OpenAPIObject {
  // Modules that a feature imports, such as health, may serve operators.
  const paths = Object.fromEntries(Object.entries(allPaths).filter(([path]) => !isOperatorRoute(path)));
  // A schema with an id is converted to definitions and a reference to its own.
  const { $defs: problem } = z.toJSONSchema(problemBody);
  const schemas = { ...document.components?.schemas, ...(problem as Record<string, object>) };
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path as object))) {
    const { requestBody, responses, parameters } = operation as DocumentedOperation;
    addProblems(responses, [...COMMON_PROBLEMS, ...(requestBody === undefined ? [] : BODY_PROBLEMS)]);
    parameters.push({ $ref: '#/components/parameters/RequestTimeout' });
  }
  const parameters = { ...document.components?.parameters, RequestTimeout: requestTimeout };
  return { ...document, paths, components: { ...document.components, schemas, parameters } };
}

function addProblems(responses: DocumentedOperation['responses'], codes: readonly ProblemCode[]): void {
  for (const [status, group] of Map.groupBy(codes, (code) => problemKinds[code].status)) {
    const { description } = (responses[status] ??= { ...problemResponse, description: '' });
    const lines = group.map((code) => `\`${code}\`: ${problemKinds[code].title}`);
    const missing = lines.filter((line) => !description.includes(line));
    responses[status].description = [...(description === '' ? [] : [description]), ...missing].join('\n\n');
  }
  responses['default'] ??= { ...problemResponse, description: 'Any other problem' };
}

const problemResponse = {
  headers: {
    'X-Request-Id': { description: 'id of the request in all logs', schema: { type: 'string' } },
  },
  content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
};
