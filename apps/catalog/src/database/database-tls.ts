import type { z } from 'zod';

export interface DatabaseSettings {
  readonly DATABASE_URL?: string | undefined;
  readonly DATABASE_TLS_CA_FILE?: string | undefined;
}

/**
 * A check for the service's schema. A database either speaks in the clear or proves who it is: the modes in between
 * encrypt for whoever answers, and pg reads them otherwise than libpq does.
 */
export function checkDatabaseTls({ value, issues }: z.core.ParsePayload<DatabaseSettings>): void {
  const { DATABASE_URL: url, DATABASE_TLS_CA_FILE: file } = value;
  const fault = (variable: keyof DatabaseSettings, message: string) =>
    issues.push({ code: 'custom', path: [variable], message, input: value[variable] });
  const given = URL.parse(url ?? '')?.searchParams ?? new URLSearchParams();
  const mode = given.get('sslmode');
  if (mode !== null && mode !== 'disable' && mode !== 'verify-full')
    fault('DATABASE_URL', 'its sslmode must be verify-full or disable');
  if (given.has('ssl')) fault('DATABASE_URL', 'must say sslmode=verify-full instead of ssl');
  if (file !== undefined && mode !== 'verify-full')
    fault('DATABASE_TLS_CA_FILE', 'is of no use without sslmode=verify-full in DATABASE_URL');
}

/** The address as pg takes it, with who vouches for the database. */
export function addCertificateAuthority(url: string, file: string | undefined): string {
  if (file === undefined) return url;
  const address = new URL(url);
  address.searchParams.set('sslrootcert', file);
  return address.href;
}
