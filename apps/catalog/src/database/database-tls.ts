import type { z } from 'zod';

interface DatabaseSettings {
  readonly DATABASE_URL?: string | undefined;
  readonly DATABASE_TLS_CA_FILE?: string | undefined;
}

/**
 * Checks that the connection to the database is either plain or uses verified TLS. The other `sslmode`s do not verify the
 * server, and pg interprets them differently from libpq. For a schema's `check`.
 */
export function checkDatabaseTls({ value, issues }: z.core.ParsePayload<DatabaseSettings>): void {
  const { DATABASE_URL: url, DATABASE_TLS_CA_FILE: file } = value;
  const addIssue = (variable: keyof DatabaseSettings, message: string) =>
    issues.push({ code: 'custom', path: [variable], message, input: value[variable] });
  const query = URL.parse(url ?? '')?.searchParams ?? new URLSearchParams();
  const mode = query.get('sslmode');
  if (mode !== null && mode !== 'disable' && mode !== 'verify-full')
    addIssue('DATABASE_URL', 'sslmode must be verify-full or disable');
  if (query.has('ssl')) addIssue('DATABASE_URL', 'must set sslmode=verify-full instead of ssl');
  if (file !== undefined && mode !== 'verify-full')
    addIssue('DATABASE_TLS_CA_FILE', 'requires sslmode=verify-full in DATABASE_URL');
}

/** Adds the file with the certificate authorities to the address. */
export function addCertificateAuthority(url: string, file: string | undefined): string {
  if (file === undefined) return url;
  const address = new URL(url);
  address.searchParams.set('sslrootcert', file);
  return address.href;
}
