import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { type Certificates, makeCertificates } from '../../../../test/support/certificates.ts';
import { type TestPostgres, findPostgres, startPostgres } from '../../../../test/support/postgres.ts';
import { catalogConfig } from '../catalog.config.ts';
import { addCertificateAuthority } from './database-tls.ts';
import { PostgresDatabase } from './postgres-database.ts';

const CA = import.meta.filename;

describe('checkDatabaseTls', () => {
  const findIssues = (env: Record<string, string>): string[] =>
    catalogConfig.safeParse(env).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ??
    [];
  const toUrl = (query: string) => ({ DATABASE_URL: `postgres://ann:secret@db.example.org/store${query}` });

  it.each([
    ['without TLS', toUrl('')],
    ['with TLS disabled', toUrl('?sslmode=disable')],
    ['with verified TLS', toUrl('?sslmode=verify-full')],
    [
      'with verified TLS and an own certificate authority',
      { ...toUrl('?sslmode=verify-full'), DATABASE_TLS_CA_FILE: CA },
    ],
  ])('accepts an address %s', (_, env) => {
    expect(findIssues(env)).toEqual([]);
  });

  it.each(['require', 'prefer', 'allow', 'verify-ca', 'no-verify', ''])(
    'rejects sslmode %j, which does not verify the server',
    (mode) => {
      expect(findIssues(toUrl(`?sslmode=${mode}`))).toEqual([
        'DATABASE_URL: sslmode must be verify-full or disable',
      ]);
    },
  );

  it('reports only one issue for an invalid URL', () => {
    expect(findIssues({ DATABASE_URL: 'db' })).toEqual(['DATABASE_URL: Invalid URL']);
  });

  it('rejects the parameter ssl', () => {
    expect(findIssues(toUrl('?ssl=no-verify'))).toEqual([
      'DATABASE_URL: must set sslmode=verify-full instead of ssl',
    ]);
  });

  it('rejects a certificate authority without TLS', () => {
    expect(findIssues({ ...toUrl(''), DATABASE_TLS_CA_FILE: CA })).toEqual([
      'DATABASE_TLS_CA_FILE: requires sslmode=verify-full in DATABASE_URL',
    ]);
  });

  it('checks the address of the replica in the same way', () => {
    const replica = { DATABASE_REPLICA_URL: 'postgres://db.example.org/store?sslmode=require' };
    expect(findIssues({ ...toUrl('?sslmode=verify-full'), ...replica, DATABASE_TLS_CA_FILE: CA })).toEqual([
      'DATABASE_REPLICA_URL: sslmode must be verify-full or disable',
      'DATABASE_TLS_CA_FILE: requires sslmode=verify-full in DATABASE_REPLICA_URL',
    ]);
    expect(findIssues({ DATABASE_REPLICA_URL: 'postgres://db.example.org/store' })).toEqual([
      'DATABASE_REPLICA_URL: cannot be set without DATABASE_URL',
    ]);
  });

  it('rejects a missing certificate authority file', () => {
    const missing = { ...toUrl('?sslmode=verify-full'), DATABASE_TLS_CA_FILE: '/no/such/file' };
    expect(findIssues(missing)).toEqual([
      'DATABASE_TLS_CA_FILE: must be a file that can be read and is not empty',
    ]);
  });
});

const bin = findPostgres();

describe.skipIf(bin === undefined)('PostgreSQL with TLS', () => {
  let certificates: Certificates;
  let server: TestPostgres;
  beforeAll(async () => {
    certificates = makeCertificates();
    server = await startPostgres(bin!, certificates);
  });
  afterAll(async () => {
    await server.stop();
    certificates.remove();
  });

  const open = (host: string, authority: string | undefined) => {
    const url = new URL(server.url);
    url.hostname = host;
    url.searchParams.set('sslmode', 'verify-full');
    const options = { connections: 1, onIdleError: () => undefined };
    return PostgresDatabase.open(addCertificateAuthority(url.href, authority), options);
  };

  it('connects over TLS', async () => {
    const database = await open('localhost', certificates.ca);
    const result = await database.db.execute(sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`);
    expect(result).toMatchObject({ rows: [{ ssl: true }] });
    await database.close();
  });

  it.each([
    ['with a certificate of another authority', 'localhost', () => certificates.otherCa, /certificate/],
    ['with a certificate of no public authority', 'localhost', () => undefined, /certificate/],
    ['under a name that its certificate lacks', '127.0.0.1', () => certificates.ca, /altnames/],
  ])('rejects a server %s', async (_, host, authority, message) => {
    const error = await open(host, authority()).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({
      name: 'ConnectionFailed',
      cause: { message: expect.stringMatching(message) },
    });
  });
});

it.skipIf(bin === undefined)('rejects a server without TLS when verified TLS is required', async () => {
  const plain = new URL(process.env.TEST_DATABASE_URL ?? '');
  plain.searchParams.set('sslmode', 'verify-full');
  const options = { connections: 1, onIdleError: () => undefined };
  await expect(PostgresDatabase.open(plain.href, options)).rejects.toMatchObject({
    cause: { message: 'The server does not support SSL connections' },
  });
});
