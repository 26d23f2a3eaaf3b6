import { type AnySchema, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import '@film-store/contracts';
import { PROBLEM_MEDIA_TYPE, problemBody } from '@film-store/problem';
import { REQUEST_ID, REQUEST_TIMEOUT } from '@film-store/core';
import { type Operation, type Schema, operationAt } from './document.ts';
import type { Case } from './requests.ts';
import { type WireResponse, type HttpRequest, type Reply, toBytes } from './wire.ts';

/** Returns the defect of a reply; nothing if it matches the document and HTTP. */
export type ResponseCheck = (sent: Case, reply: Reply) => string | undefined;

/** Statuses for an invalid form. A request that the document allows must not get them. */
const WRONG_FORM = new Set([400, 405, 413, 414, 415, 431]);

export function createResponseCheck(operations: readonly Operation[]): ResponseCheck {
  const ajv = new Ajv2020({ allErrors: false, allowUnionTypes: true });
  formats.default(ajv, ['date', 'date-time', 'uuid']);
  // The schema's pattern defines an address. It differs from that of the module.
  ajv.addFormat('email', true);
  const compiled = new Map<Schema, ValidateFunction>();
  const misfit = (schema: Schema, value: unknown): string | undefined => {
    const validate = compiled.get(schema) ?? ajv.compile(schema as AnySchema);
    compiled.set(schema, validate);
    return validate(value) ? undefined : ajv.errorsText(validate.errors);
  };

  const againstDocument = (
    operation: Operation,
    request: HttpRequest,
    response: WireResponse,
  ): string | undefined => {
    const documented = operation.responses[response.status];
    if (!documented) return `${response.status} is not documented for ${operation.method} ${operation.path}`;
    const [type = ''] = (response.headers.get('content-type') ?? '').split(';', 1);
    const schema = documented[type];
    if (!schema) return `${response.status} is not documented as ${type}`;
    if (request.method === 'HEAD') return undefined;
    const fault = misfit(schema, JSON.parse(response.body));
    if (fault !== undefined) return `the body does not fit its schema: ${fault}`;
    if (response.status < 300 && operation.body && misfit(operation.body, parsed(request.body)) !== undefined)
      return 'a body that does not fit its schema was accepted';
    return undefined;
  };

  return (sent, reply) => {
    if (reply === 'hangs') return 'there is no response';
    if (sent.kind === 'raw') {
      if (reply === 'closed') return undefined;
      return serverFault(sent, reply) ?? (reply.status >= 400 ? problemFault(reply, false) : undefined);
    }
    if (reply === 'closed') return 'the connection was closed without a response';
    const { request, kind } = sent;
    const operation = operationAt(operations, request.method, request.target);
    const isHead = request.method === 'HEAD';
    return (
      serverFault(sent, reply) ??
      (reply.status >= 400 ? problemFault(reply, isHead) : undefined) ??
      (operation && againstDocument(operation, request, reply)) ??
      (kind === 'fitting' && WRONG_FORM.has(reply.status)
        ? `a documented request was rejected with ${reply.status}`
        : undefined)
    );
  };
}

/** Accepts only these failures of a server: overload, and a deadline of the client. */
function serverFault(sent: Case, { status, body }: WireResponse): string | undefined {
  if (status < 500) return undefined;
  if (status === 504 && isShortDeadline(sent)) return undefined;
  const isHead = sent.kind !== 'raw' && sent.request.method === 'HEAD';
  if (status === 503 && (isHead || body.includes('"code":"overloaded"'))) return undefined;
  return `a ${status}${parseCode(body)}`;
}

function parseCode(body: string): string {
  const problem = problemBody.safeParse(parsed(body));
  return problem.success ? `, ${problem.data.code}` : '';
}

function isShortDeadline(sent: Case): boolean {
  const head = sent.kind === 'raw' ? sent.bytes : toBytes(sent.request);
  return Buffer.from(head).toString('latin1').toLowerCase().includes(REQUEST_TIMEOUT);
}

/** Every error is a problem (RFC 9457) with its request id. */
function problemFault({ status, headers, body }: WireResponse, isHead: boolean): string | undefined {
  const type = headers.get('content-type') ?? 'nothing';
  if (!type.startsWith(PROBLEM_MEDIA_TYPE)) return `a ${status} that is no problem but ${type}`;
  const requestId = headers.get(REQUEST_ID);
  if (requestId === undefined) return `a ${status} without a request id`;
  if (isHead) return undefined;
  const problem = problemBody.safeParse(parsed(body));
  if (!problem.success) return `a ${status} whose body is no problem`;
  if (problem.data.status !== status) return `a ${status} whose body says ${problem.data.status}`;
  // A stored rejection contains the id of the request that created it.
  if (problem.data.requestId !== requestId && !headers.has('idempotent-replayed'))
    return `a ${status} with two request ids`;
  return undefined;
}

function parsed(body: string | Uint8Array | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(body ?? '').toString()) as unknown;
  } catch {
    return undefined;
  }
}
