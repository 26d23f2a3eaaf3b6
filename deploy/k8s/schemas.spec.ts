import { describe, expect, it } from 'vitest';
import { type KubernetesDocument, toName, readBase, renderProduction } from './documents.ts';
import { findTypeErrors } from './type-faults.ts';

const base = readBase();
const production = renderProduction();
/** Returns the model of a kind, which has the schema that Kubernetes publishes. */
type Model = new (document: object) => { validate(): void };

async function validate(document: KubernetesDocument): Promise<void> {
  const { apiVersion, kind } = document;
  const models = (await import(/* @vite-ignore */ `kubernetes-models/${apiVersion}/${kind}`)) as Record<
    string,
    Model
  >;
  new models[kind]!(document).validate();
}

describe.each([['base', base] as const, ...(production ? [['production', production] as const] : [])])(
  'each document of %s',
  (_, documents) => {
    it.each(documents.map((document) => [document.kind, toName(document), document] as const))(
      '(%s %s) fits the schema of its kind',
      async (_kind, _name, document) => {
        await expect(validate(document)).resolves.toBeUndefined();
      },
    );

    it('has only fields of its kind', () => {
      expect(findTypeErrors(documents)).toEqual([]);
    });
  },
);

describe('an invalid document', () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'shop' },
    spec: { ports: [{ port: 80 }] },
  } satisfies KubernetesDocument;

  it('is rejected for a value of the wrong type', async () => {
    const wrong = { ...service, spec: { ports: [{ port: 'eighty' }] } } as unknown as KubernetesDocument;
    await expect(validate(wrong)).rejects.toThrow('/spec/ports/0/port');
    await expect(validate(service)).resolves.toBeUndefined();
  });

  it('is rejected for an unknown field', () => {
    const wrong = { ...service, spec: { ...service.spec, portz: [] } } as KubernetesDocument;
    expect(findTypeErrors([service, wrong])).toEqual([expect.stringMatching(/^Service shop: .*portz/)]);
  });
});
