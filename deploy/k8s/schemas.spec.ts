import { describe, expect, it } from 'vitest';
import { type KubernetesDocument, nameOf, readBase, renderProduction } from './documents.ts';
import { typeFaults } from './type-faults.ts';

const base = readBase();
const production = renderProduction();
/** The model of a kind, which carries the schema that Kubernetes publishes. */
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
    it.each(documents.map((document) => [document.kind, nameOf(document), document] as const))(
      '(%s %s) fits the schema of its kind',
      async (_kind, _name, document) => {
        await expect(validate(document)).resolves.toBeUndefined();
      },
    );

    it('has no field that its kind does not know', () => {
      expect(typeFaults(documents)).toEqual([]);
    });
  },
);

describe('a document that is not as it should be', () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'shop' },
    spec: { ports: [{ port: 80 }] },
  } satisfies KubernetesDocument;

  it('is refused for a value of the wrong type', async () => {
    const wrong = { ...service, spec: { ports: [{ port: 'eighty' }] } } as unknown as KubernetesDocument;
    await expect(validate(wrong)).rejects.toThrow('/spec/ports/0/port');
    await expect(validate(service)).resolves.toBeUndefined();
  });

  it('is refused for a field that nobody knows', () => {
    const wrong = { ...service, spec: { ...service.spec, portz: [] } } as KubernetesDocument;
    expect(typeFaults([service, wrong])).toEqual([expect.stringMatching(/^Service shop: .*portz/)]);
  });
});
