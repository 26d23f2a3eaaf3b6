import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { type Certificates, makeCertificates } from '../../../../test/support/certificates.ts';
import { type TestPostgres, findPostgres, startPostgres } from '../../../../test/support/postgres.ts';
import { catalogConfig } from '../catalog.config.ts';
import { addCertificateAuthority } from './database-tls.ts';
import { openPostgres } from './open-postgres.ts';

const CA = import.meta.filename;

describe('the address of the database', () => {
  const faults = (env: Record<string, string>): string[] =>
    catalogConfig.safeParse(env).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ??
    [];
  const urlWith = (query: string) => ({ DATABASE_URL: `postgres://ann:secret@db.example.org/store${query}` });

  it.each([
    ['without TLS', urlWith('')],
    ['expressly without TLS', urlWith('?sslmode=disable')],
    ['with proof', urlWith('?sslmode=verify-full')],
    ['with proof by an authority of ours', { ...urlWith('?sslmode=verify-full'), DATABASE_TLS_CA_FILE: CA }],
  ])('may be %s', (_, env) => {
    expect(faults(env)).toEqual([]);
  });

  it.each(['require', 'prefer', 'allow', 'verify-ca', 'no-verify', ''])(
    'may not ask for half of it: %j',
    (mode) => {
      expect(faults(urlWith(`?sslmode=${mode}`))).toEqual([
        'DATABASE_URL: its sslmode must be verify-full or disable',
      ]);
    },
  );

  it('that is none has one fault', () => {
    expect(faults({ DATABASE_URL: 'db' })).toEqual(['DATABASE_URL: Invalid URL']);
  });

  it('may not ask for it in another way', () => {
    expect(faults(urlWith('?ssl=no-verify'))).toEqual([
      'DATABASE_URL: must say sslmode=verify-full instead of ssl',
    ]);
  });

  it('without TLS needs nobody to vouch for it', () => {
    expect(faults({ ...urlWith(''), DATABASE_TLS_CA_FILE: CA })).toEqual([
      'DATABASE_TLS_CA_FILE: is of no use without sslmode=verify-full in DATABASE_URL',
    ]);
  });

  it('needs an authority that is there', () => {
    const missing = { ...urlWith('?sslmode=verify-full'), DATABASE_TLS_CA_FILE: '/no/such/file' };
    expect(faults(missing)).toEqual([
      'DATABASE_TLS_CA_FILE: must be a file that can be read and is not empty',
    ]);
  });
});

const bin = findPostgres();

describe.skipIf(bin === undefined)('a PostgreSQL that speaks TLS', () => {
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
    return openPostgres(addCertificateAuthority(url.href, authority), options);
  };

  it('is reached by TLS', async () => {
    const { db, close } = await open('localhost', certificates.ca);
    const answer = await db.execute(sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`);
    expect(answer).toMatchObject({ rows: [{ ssl: true }] });
    await close();
  });

  it.each([
    ['vouched for by another authority', 'localhost', () => certificates.otherCa, /certificate/],
    ['vouched for by no public authority', 'localhost', () => undefined, /certificate/],
    ['under a name its certificate is not for', '127.0.0.1', () => certificates.ca, /altnames/],
  ])('is not spoken to %s', async (_, host, authority, why) => {
    const error = await open(host, authority()).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: 'ConnectionFailed', cause: { message: expect.stringMatching(why) } });
  });
});

it.skipIf(bin === undefined)(
  'a PostgreSQL without TLS is not spoken to where proof is asked for',
  async () => {
    const plain = new URL(process.env.TEST_DATABASE_URL ?? '');
    plain.searchParams.set('sslmode', 'verify-full');
    const options = { connections: 1, onIdleError: () => undefined };
    await expect(openPostgres(plain.href, options)).rejects.toMatchObject({
      cause: { message: 'The server does not support SSL connections' },
    });
  },
);
