import { z } from 'zod';

/** A JSON Schema (2020-12) without references. Contains only the keywords that the generator uses. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}

/** One operation of the API in its OpenAPI document. */
export interface Operation {
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Schema of its JSON body, if it has one. */
  readonly body: Schema | undefined;
  /** By status, then by media type. */
  readonly responses: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
}

const schema = z.custom<Schema>((value) => typeof value === 'object' && value !== null);
const content = z.record(z.string(), z.object({ schema }));
const openApiOperation = z.object({
  parameters: z.array(
    z.object({
      name: z.string(),
      in: z.enum(['path', 'query', 'header']),
      required: z.boolean().default(false),
      schema,
    }),
  ),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ content: content.default({}) })),
});
const openApi = z.object({ paths: z.record(z.string(), z.record(z.string(), openApiOperation)) });

/** @throws Error for a reference without a target, or an unsupported document */
export function parseOperations(document: unknown): Operation[] {
  const { paths } = openApi.parse(resolveReferences(document, document));
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => toOperation(method, path, described)),
  );
}

function toOperation(method: string, path: string, described: z.infer<typeof openApiOperation>): Operation {
  const { parameters, requestBody, responses } = described;
  const byType = (types: z.infer<typeof content>) =>
    Object.fromEntries(Object.entries(types).map(([type, { schema: of }]) => [type, of]));
  return {
    method: method.toUpperCase(),
    path,
    parameters,
    body: requestBody?.content['application/json']?.schema,
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, response]) => [status, byType(response.content)]),
    ),
  };
}

/** Finds the operation of a request, if the document has it. A HEAD is a GET without its body. */
export function operationAt(
  operations: readonly Operation[],
  method: string,
  target: string,
): Operation | undefined {
  const [path = ''] = target.split('?', 1);
  const lookedUp = method === 'HEAD' ? 'GET' : method;
  return operations.find((operation) => operation.method === lookedUp && isAt(operation.path, path));
}

const isAt = (template: string, path: string): boolean => {
  const [wanted, given] = [template.split('/'), path.split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((part, nth) => (part.startsWith('{') ? given[nth] !== '' : part === given[nth]))
  );
};

function resolveReferences(value: unknown, document: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => resolveReferences(each, document));
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value) return resolveReferences(lookUp(String(value.$ref), document), document);
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, resolveReferences(each, document)]),
  );
}

function lookUp(reference: string, document: unknown): unknown {
  let found = document;
  for (const key of reference.split('/').slice(1))
    found = (found as Record<string, unknown> | undefined)?.[key];
  if (found === undefined)
    throw new Error(`the OpenAPI document refers to ${reference}, which does not exist`);
  return found;
}
