import type { z } from 'zod';

interface DatabaseSettings {
  readonly DATABASE_URL?: string | undefined;
  readonly DATABASE_REPLICA_URL?: string | undefined;
  readonly DATABASE_TLS_CA_FILE?: string | undefined;
}

/**
 * Checks that a connection to a database is either plain or uses verified TLS. The other `sslmode`s do not verify the
 * server, and pg interprets them differently from libpq. For a schema's `check`.
 */
export function checkDatabaseTls({ value, issues }: z.core.ParsePayload<DatabaseSettings>): void {
  const addIssue = (variable: keyof DatabaseSettings, message: string) =>
    issues.push({ code: 'custom', path: [variable], message, input: value[variable] });
  for (const variable of ['DATABASE_URL', 'DATABASE_REPLICA_URL'] as const) {
    const query = URL.parse(value[variable] ?? '')?.searchParams ?? new URLSearchParams();
    const mode = query.get('sslmode');
    if (mode !== null && mode !== 'disable' && mode !== 'verify-full')
      addIssue(variable, 'sslmode must be verify-full or disable');
    if (query.has('ssl')) addIssue(variable, 'must set sslmode=verify-full instead of ssl');
    const needsTls =
      value.DATABASE_TLS_CA_FILE !== undefined &&
      (variable === 'DATABASE_URL' || value[variable] !== undefined);
    if (needsTls && mode !== 'verify-full')
      addIssue('DATABASE_TLS_CA_FILE', `requires sslmode=verify-full in ${variable}`);
  }
  if (value.DATABASE_REPLICA_URL !== undefined && value.DATABASE_URL === undefined)
    addIssue('DATABASE_REPLICA_URL', 'cannot be set without DATABASE_URL');
}

/** Adds the file with the certificate authorities to the address. */
export function addCertificateAuthority(url: string, file: string | undefined): string {
  if (file === undefined) return url;
  const address = new URL(url);
  address.searchParams.set('sslrootcert', file);
  return address.href;
}
