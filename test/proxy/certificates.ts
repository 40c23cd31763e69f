import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A certificate of localhost, signed by a private authority. */
export interface Certificates {
  readonly key: string;
  readonly cert: string;
  /** Files: of the authority for NODE_EXTRA_CA_CERTS, of key and certificate for a server. */
  readonly files: { readonly ca: string; readonly key: string; readonly cert: string };
  readonly folder: string;
  remove(): void;
}

export function opensslIsHere(): boolean {
  return spawnSync('openssl', ['version']).status === 0;
}

/** `hosts`: further names of the certificate. */
export function makeCertificates(hosts: readonly string[] = []): Certificates {
  const folder = mkdtempSync(path.join(tmpdir(), 'proxy-'));
  const file = (name: string): string => path.join(folder, name);
  const openssl = (...args: string[]): void => {
    const { status, stderr } = spawnSync('openssl', args, { encoding: 'utf8', cwd: folder });
    if (status !== 0) throw new Error(stderr);
  };
  const fresh = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...fresh, '-subj', '/CN=test authority', '-keyout', 'ca.key', '-out', 'ca.pem');
  openssl('req', ...fresh.slice(0, 3), '-subj', '/CN=localhost', '-keyout', 'key.pem', '-out', 'request.pem');
  writeFileSync(
    file('names'),
    ['subjectAltName=DNS:localhost', 'IP:127.0.0.1', ...hosts.map((host) => `DNS:${host}`)].join(),
  );
  openssl(
    'x509',
    '-req',
    '-in',
    'request.pem',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    'names',
    '-out',
    'cert.pem',
  );
  return {
    key: readFileSync(file('key.pem'), 'utf8'),
    cert: readFileSync(file('cert.pem'), 'utf8'),
    files: { ca: file('ca.pem'), key: file('key.pem'), cert: file('cert.pem') },
    folder,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
