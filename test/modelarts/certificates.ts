import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { json, listen, type TestServer } from './scene.ts';

interface Certificates {
  /** The path of a file such as `ca.pem`, there or not. */
  readonly pem: (name: string) => string;
  /** An HTTPS server that shows the named certificate and answers everything with `{"fine":true}`. */
  readonly serve: (
    certificate: string,
    options?: https.ServerOptions,
    address?: string,
  ) => Promise<TestServer>;
}

const KEY = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';

/** Authorities `ca` and `client-ca`, and what they issue, for the tests of one file. */
export function certificates(): Certificates {
  let directory = '';
  const openssl = (command: string) =>
    execFileSync('openssl', command.split(' '), { cwd: directory, stdio: 'pipe' });

  function authority(name: string): void {
    openssl(`req -x509 ${KEY} -keyout ${name}.key -out ${name}.pem -days 2 -subj /CN=${name}`);
  }

  function issue(name: string, by: string, extension: string): void {
    openssl(`req ${KEY} -keyout ${name}.key -out ${name}.csr -subj /CN=${name}`);
    writeFileSync(join(directory, `${name}.ext`), extension);
    openssl(
      `x509 -req -in ${name}.csr -CA ${by}.pem -CAkey ${by}.key -CAcreateserial -days 2 -extfile ${name}.ext -out ${name}.pem`,
    );
  }

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'modelarts-tls-'));
    authority('ca');
    issue('server', 'ca', 'subjectAltName=DNS:modelarts.test');
    issue('local', 'ca', 'subjectAltName=DNS:localhost');
    issue('address', 'ca', 'subjectAltName=IP:127.0.0.1,IP:::1');
    authority('client-ca');
    issue('client', 'client-ca', 'extendedKeyUsage=clientAuth');
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  return {
    pem: (name) => join(directory, name),
    serve: (certificate, options = {}, address) => {
      const server = https.createServer({
        cert: readFileSync(join(directory, `${certificate}.pem`)),
        key: readFileSync(join(directory, `${certificate}.key`)),
        ...options,
      });
      return listen(server, (_, response) => json(response, 200, { fine: true }), address, 'https');
    },
  };
}
