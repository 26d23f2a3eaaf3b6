import fc from 'fast-check';
import type { Operation, Parameter } from './document.ts';
import {
  PIECES,
  asHeaderValue,
  method,
  oddFraming,
  oddHeader,
  oddJson,
  oddTarget,
  target,
} from './mutations.ts';
import { type Known, fitting, nearlyFitting, oddText, otherType } from './values.ts';
import { type HttpRequest, toBytes } from './wire.ts';

/** A request with its expected result. */
export type Case =
  /** True if the document allows it. */
  | { readonly kind: 'fitting'; readonly request: HttpRequest }
  /** One thing is wrong with it, or may be. */
  | { readonly kind: 'near'; readonly request: HttpRequest }
  /** Well-formed HTTP without further guarantees. */
  | { readonly kind: 'garbage'; readonly request: HttpRequest }
  /** Perhaps no HTTP at all. */
  | { readonly kind: 'raw'; readonly bytes: Uint8Array };

/** Draws cases of all kinds for all operations. */
export function anyCase(operations: readonly Operation[], known: Known): fc.Arbitrary<Case> {
  const each = operations.map((operation) => fittingRequest(operation, known));
  const near = operations.map((operation) => nearRequest(operation, known));
  return fc.oneof(
    { weight: 3, arbitrary: fc.oneof(...each).map((request): Case => ({ kind: 'fitting', request })) },
    { weight: 5, arbitrary: fc.oneof(...near).map((request): Case => ({ kind: 'near', request })) },
    { weight: 2, arbitrary: garbageRequest.map((request): Case => ({ kind: 'garbage', request })) },
    { weight: 1, arbitrary: rawBytes(fc.oneof(...each)).map((bytes): Case => ({ kind: 'raw', bytes })) },
  );
}

/** The parts of a request: texts of the parameters and of the body. */
interface Filling {
  readonly parameters: readonly (string | undefined)[];
  readonly body: string | undefined;
}

function fittingFilling({ parameters, body }: Operation, known: Known): fc.Arbitrary<Filling> {
  const values = parameters.map((parameter) => {
    const text = fitting(parameter.schema, known).map(String);
    return parameter.required ? text : fc.option(text, { nil: undefined, freq: 2 });
  });
  return fc.record({
    parameters: fc.tuple(...values),
    body: body ? fitting(body, known).map((value) => JSON.stringify(value)) : fc.constant(undefined),
  });
}

const fittingRequest = (operation: Operation, known: Known): fc.Arbitrary<HttpRequest> =>
  fittingFilling(operation, known).map((filling) => toRequest(operation, filling));

function toRequest(operation: Operation, { parameters, body }: Filling): HttpRequest {
  const given = operation.parameters.flatMap((parameter, nth) => {
    const value = parameters[nth];
    return value === undefined ? [] : [{ ...parameter, value }];
  });
  const of = (where: Parameter['in']) => given.filter((parameter) => parameter.in === where);
  const path = of('path').reduce(
    (all, { name, value }) => all.replace(`{${name}}`, () => encodeURIComponent(value.toWellFormed())),
    operation.path,
  );
  const query = new URLSearchParams(of('query').map(({ name, value }) => [name, value])).toString();
  return {
    method: operation.method,
    target: query === '' ? path : `${path}?${query}`,
    headers: [
      ...of('header').map(({ name, value }): [string, string] => [name, asHeaderValue(value)]),
      ...(body === undefined ? [] : [['content-type', 'application/json'] as [string, string]]),
    ],
    ...(body !== undefined && { body }),
    framing: 'length',
  };
}

/** A valid request with one change. */
function nearRequest(operation: Operation, known: Known): fc.Arbitrary<HttpRequest> {
  const filling = fittingFilling(operation, known);
  const whole = filling.map((each) => toRequest(operation, each));
  const { parameters, body } = operation;

  const wrongParameters = parameters.map(({ schema }, nth) => {
    const wrong = fc.option(fc.oneof(nearlyFitting(schema, known).map(asText), oddText), { nil: undefined });
    return combine(filling, wrong, (each, value) =>
      toRequest(operation, { body: each.body, parameters: each.parameters.with(nth, value) }),
    );
  });
  const wrongBodies = body && [
    combine(filling, nearlyFitting(body, known), ({ parameters: given }, value) =>
      toRequest(operation, { parameters: given, body: JSON.stringify(value) }),
    ),
    combine(whole, oddJson, (request, alter) => withChange(request, { body: alter(String(request.body)) })),
    combine(whole, fc.uint8Array({ maxLength: 200 }), (request, bytes) =>
      withChange(request, { body: bytes }),
    ),
  ];
  const wrongEnvelopes = [
    combine(whole, oddHeader, (request, header) =>
      withChange(request, { headers: request.headers.concat([header]) }),
    ),
    whole.map((request) => withChange(request, { headers: request.headers.concat(request.headers) })),
    combine(whole, method, (request, other) => withChange(request, { method: other })),
    combine(whole, oddTarget, (request, alter) => withChange(request, { target: alter(request.target) })),
    combine(whole, oddFraming, (request, framing) =>
      withChange(request, { framing, body: request.body ?? '{}' }),
    ),
  ];
  return fc.oneof(...wrongParameters, ...(wrongBodies ?? []), ...wrongEnvelopes);
}

const combine = <A, B, C>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>, of: (a: A, b: B) => C): fc.Arbitrary<C> =>
  fc.tuple(a, b).map(([one, other]) => of(one, other));

const withChange = (request: HttpRequest, change: Partial<HttpRequest>): HttpRequest => ({
  ...request,
  ...change,
});

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

const garbageRequest: fc.Arbitrary<HttpRequest> = fc.record({
  method,
  target: fc.oneof(target, fc.constantFrom('/api/orders', '/api/products', '/api/home')),
  headers: fc.array(oddHeader, { maxLength: 6 }),
  body: fc.oneof(otherType.map(asText), oddText, fc.uint8Array({ maxLength: 200 })),
  framing: fc.constantFrom('length', 'chunked', 'short', 'long', 'both'),
});

/** Pieces of HTTP in random order, random bytes, and valid requests with some bytes changed. */
function rawBytes(good: fc.Arbitrary<HttpRequest>): fc.Arbitrary<Uint8Array> {
  const changed = fc
    .tuple(good, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 5 }))
    .map(([request, changes]) => {
      const bytes = Uint8Array.from(toBytes(request));
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes;
    });
  const pieces = fc
    .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 })
    .map((some) => new Uint8Array(Buffer.from(some.join(''), 'latin1')));
  return fc.oneof(changed, pieces, fc.uint8Array({ minLength: 1, maxLength: 300 }));
}
