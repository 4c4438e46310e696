import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAMS } from '../../programs.ts';

/**
 * Makes a certificate authority and certificates signed by it, as NAME.crt and NAME.key in `directory`.
 * @param alternativeNames of those certificates that are not for a server of this machine, as OpenSSL writes them
 */
export function makeCertificates(
  directory: string,
  names: readonly string[],
  alternativeNames: Readonly<Record<string, string>> = {},
): void {
  const openssl = (...args: string[]) =>
    execFileSync(PROGRAMS.openssl, args, { cwd: directory, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '2',
    '-subj',
    '/CN=test ca',
  );
  for (const name of names) {
    const borne = alternativeNames[name] ?? 'DNS:localhost,IP:127.0.0.1';
    writeFileSync(join(directory, 'san.cnf'), `subjectAltName=${borne}\n`);
    openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'],
      ...['-days', '2', '-extfile', 'san.cnf', '-out', `${name}.crt`],
    );
  }
}
