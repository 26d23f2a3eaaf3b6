import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Paths of PEM files. */
export interface Certificates {
  /** The certificate authority of the server. */
  readonly ca: string;
  /** Another certificate authority. */
  readonly otherCa: string;
  /** Valid for `localhost`, not for 127.0.0.1. */
  readonly certificate: string;
  readonly key: string;
  remove(): void;
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Creates certificates for a server on this machine with `openssl`, in a new folder. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const authority = (name: string): string => {
    const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`];
    openssl('req', '-x509', ...KEY, '-days', '2', '-subj', `/CN=${name}`, ...files);
    return path(`${name}.pem`);
  };
  const ca = authority('ca');
  const otherCa = authority('other-ca');
  openssl('req', ...KEY, '-subj', '/CN=server', '-keyout', 'server.key', '-out', 'server.csr');
  writeFileSync(path('names'), 'subjectAltName=DNS:localhost');
  const signedBy = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
  openssl('x509', '-req', '-in', 'server.csr', ...signedBy, '-extfile', 'names', '-out', 'server.pem');
  return {
    ca,
    otherCa,
    certificate: path('server.pem'),
    key: path('server.key'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
