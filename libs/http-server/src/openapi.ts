import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject, StandardSchemaConverter } from '@nestjs/swagger';
import { z } from 'zod';
import { PROBLEM_MEDIA_TYPE, type ProblemCode, problemBody, problemKinds } from '@film-store/problem';
import { REQUEST_TIMEOUT, isOperatorRoute } from '@film-store/core';

/**
 * Serves the OpenAPI document of a module and of the feature modules that it imports: as a page at `/docs` and as JSON at
 * `/docs/openapi.json`.
 */
export async function serveOpenApi(
  app: NestFastifyApplication,
  module: Type,
  docs: { title: string; description: string },
): Promise<void> {
  // Loaded only where it is served: it is large.
  const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  const outline = new DocumentBuilder()
    .setTitle(docs.title)
    .setDescription(docs.description)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth()
    .build();
  SwaggerModule.setup(
    'docs',
    app,
    () =>
      withCommon(
        SwaggerModule.createDocument(app, outline, {
          include: [module],
          deepScanRoutes: true,
          standardSchemaConverter,
        }),
      ),
    {
      jsonDocumentUrl: 'docs/openapi.json',
      yamlDocumentUrl: 'docs/openapi.yaml',
      customSiteTitle: docs.title,
    },
  );
}

/** OpenAPI 3.1 speaks JSON Schema 2020-12; the module's own conversion speaks 3.0, which knows no `null` type. */
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
    'How long the answer is of use, in milliseconds. It shortens the time a request may take, never extends it; after that the answer is a 504.',
  schema: { type: 'integer', minimum: 0, maximum: 999_999_999 } as const,
};

/** What any request can be answered with, whatever it asks for. */
const ANYWHERE: readonly ProblemCode[] = [
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
const WITH_BODY: readonly ProblemCode[] = ['payload-too-large', 'unsupported-media-type'];

interface DocumentedOperation {
  readonly requestBody?: unknown;
  readonly responses: Record<string, { description: string }>;
  readonly parameters: unknown[];
}

/** Adds what every operation has in common: any error is a problem, and the client may be in a hurry. */
function withCommon({ paths: allPaths, ...document }: OpenAPIObject): OpenAPIObject {
  // Modules that a feature imports may serve operators, such as health.
  const paths = Object.fromEntries(Object.entries(allPaths).filter(([path]) => !isOperatorRoute(path)));
  // A schema that has an id is converted to definitions, and a reference to its own.
  const { $defs: problem } = z.toJSONSchema(problemBody);
  const schemas = { ...document.components?.schemas, ...(problem as Record<string, object>) };
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path as object))) {
    const { requestBody, responses, parameters } = operation as DocumentedOperation;
    addProblems(responses, requestBody === undefined ? ANYWHERE : [...ANYWHERE, ...WITH_BODY]);
    parameters.push({ $ref: '#/components/parameters/RequestTimeout' });
  }
  const parameters = { ...document.components?.parameters, RequestTimeout: requestTimeout };
  return { ...document, paths, components: { ...document.components, schemas, parameters } };
}

function addProblems(
  responses: Record<string, { description: string }>,
  codes: readonly ProblemCode[],
): void {
  for (const [status, ofStatus] of Map.groupBy(codes, (code) => problemKinds[code].status)) {
    const { description } = (responses[status] ??= { ...anyProblem, description: '' });
    const lines = ofStatus.map((code) => `\`${code}\`: ${problemKinds[code].title}`);
    const missing = lines.filter((line) => !description.includes(line));
    responses[status].description = [...(description === '' ? [] : [description]), ...missing].join('\n\n');
  }
  responses['default'] ??= { ...anyProblem, description: 'Any other problem' };
}

const anyProblem = {
  headers: {
    'X-Request-Id': { description: 'names this exchange in every log', schema: { type: 'string' } },
  },
  content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
};
