import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { platform } from '../../platform.config.ts';
import { describeWithEngine } from '../../test/engines/engine.ts';
import { isOnPath } from '../../test/support/on-path.ts';
import { freePorts } from '../local/ports.ts';
import { startProgram } from '../local/program.ts';
import { respondsOk, type Service, withReadiness } from '../local/readiness.ts';
import { filterByKind, renderProduction, toName } from './documents.ts';

const run = promisify(execFile);
const OVERLAY = 'deploy/k8s/overlays/production';
const TOKEN = 'engine';

describeWithEngine(
  'Kubernetes with etcd and kubectl',
  ['kube-apiserver'],
  (program) => {
    let directory: string;
    let services: Service[] = [];
    let port = 0;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'kubernetes-'));
      const [clientPort = 0, peerPort = 0, securePort = 0] = await freePorts(3);
      port = securePort;
      const [client, peer] = [`http://127.0.0.1:${clientPort}`, `http://127.0.0.1:${peerPort}`];
      await start('etcd', () => respondsOk(`${client}/health`), {
        'data-dir': directory,
        'listen-client-urls': client,
        'advertise-client-urls': client,
        'listen-peer-urls': peer,
        'initial-advertise-peer-urls': peer,
        'initial-cluster': `default=${peer}`,
        'unsafe-no-fsync': 'true',
      });
      const { privateKey, publicKey } = generateKeyPairSync('rsa', {
        modulusLength: 2048,
        privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
        publicKeyEncoding: { type: 'spki', format: 'pem' },
      });
      await start(program, () => kubectl('get', '--raw', '/readyz').then(Boolean, () => false), {
        'etcd-servers': client,
        'bind-address': '127.0.0.1',
        // Without other servers. It would need an address outside of the loopback range.
        'endpoint-reconciler-type': 'none',
        'secure-port': String(port),
        'cert-dir': directory,
        'token-auth-file': await write('tokens.csv', `${TOKEN},admin,admin,system:masters\n`),
        'authorization-mode': 'RBAC',
        'service-account-issuer': 'https://kubernetes.default.svc',
        'service-account-key-file': await write('public.pem', publicKey),
        'service-account-signing-key-file': await write('private.pem', privateKey),
        'service-cluster-ip-range': '10.96.0.0/16',
      });
      await apply('deploy/k8s/base/namespace.yaml');
    });
    afterAll(async () => {
      for (const service of services.toReversed()) await service.stop();
      await rm(directory, { recursive: true });
    });

    async function write(name: string, text: string): Promise<string> {
      const file = join(directory, name);
      await writeFile(file, text);
      return file;
    }

    async function start(
      command: string,
      probe: () => Promise<boolean>,
      options: Readonly<Record<string, string>>,
    ): Promise<void> {
      const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
      const service = withReadiness({
        name: command,
        process: startProgram({ command, args, cwd: directory, env: process.env }),
        probe,
      });
      services = [...services, service];
      await service.ready();
    }

    /** @throws Error if kubectl fails or warns */
    async function kubectl(...args: readonly string[]): Promise<string[]> {
      const access = [`--server=https://127.0.0.1:${port}`, '--insecure-skip-tls-verify', `--token=${TOKEN}`];
      const { stdout, stderr } = await run('kubectl', [...access, ...args]);
      if (stderr !== '') throw new Error(stderr);
      return stdout.trimEnd().split('\n');
    }
    const apply = (file: string): Promise<string[]> => kubectl('apply', `--filename=${file}`);
    /** Sends a document to the server, which checks it and does not store it. */
    const submit = async (document: object): Promise<string[]> =>
      kubectl(
        'create',
        `--namespace=${platform.name}`,
        '--dry-run=server',
        `--filename=${await write('document.json', JSON.stringify(document))}`,
      );

    /** Returns a number for each document, which every change of it increases. */
    const readVersions = async (): Promise<string[]> => {
      const versions = 'jsonpath={range .items[*]}{.metadata.resourceVersion}{"\\n"}{end}';
      return kubectl('get', `--kustomize=${OVERLAY}`, `--output=${versions}`);
    };

    it('accepts every document without a warning, and changes nothing when they come again', async () => {
      const applied = await kubectl('apply', `--kustomize=${OVERLAY}`);
      expect(applied).toHaveLength((renderProduction() ?? []).length);
      const before = await readVersions();
      expect(before).toHaveLength(applied.length);
      // kubectl reports "configured" for budgets that stay as they are, because it always replaces their selectors.
      await kubectl('apply', `--kustomize=${OVERLAY}`);
      expect(await readVersions()).toEqual(before);
    });

    it('admits the pods of all services under the restricted profile, and no others', async () => {
      const deployments = filterByKind(renderProduction() ?? [], 'Deployment');
      expect(deployments.map(toName)).toEqual(expect.arrayContaining(Object.keys(platform.services)));
      for (const deployment of deployments) {
        const { spec } = deployment.spec!.template;
        const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod' } };
        expect(await submit({ ...pod, spec })).toEqual(['pod/pod created (server dry run)']);
        await expect(submit({ ...pod, spec: { ...spec, hostNetwork: true } })).rejects.toThrow(
          'violates PodSecurity "restricted',
        );
      }
    });

    it('warns about a workload whose pods it would reject', async () => {
      const [deployment] = filterByKind(renderProduction() ?? [], 'Deployment');
      const { template } = deployment!.spec!;
      const workload = {
        ...deployment,
        metadata: { name: 'workload' },
        spec: {
          ...deployment!.spec,
          template: { ...template, spec: { ...template.spec, hostNetwork: true } },
        },
      };
      await expect(submit(workload)).rejects.toThrow('would violate PodSecurity "restricted');
    });
  },
  () => ['etcd', 'kubectl'].every(isOnPath),
);
