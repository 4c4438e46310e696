import { generateKeyPairSync } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkFiles, checkFolders } from '../../src/config/named-files.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { formatProblem } from '../../src/config/problem.ts';
import { testWith } from '../programs.ts';
import { makeCertificates } from '../web/access/certificates.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'named-files-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const file = (name: string) => join(folder, name);

/** What is wrong with the files that a project names. */
async function problemsOf(auth: string, tls = '{}', env = {}): Promise<readonly string[]> {
  const text = `projects:
  - name: prod
    region: cn-north-4
    auth: ${auth}
    api: { tls_config: ${tls} }
`;
  const parsed = parseConfig(text, { file: 'f', env, directory: folder });
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return (await checkFiles(parsed.namedFiles)).map(formatProblem);
}

const TLS = '{ ca_file: ca.crt, cert_file: server.crt, key_file: server.key }';
const TLS_PATH = 'projects[0].api.tls_config';

test('files that cannot be read are told where they are named', async () => {
  expect(await problemsOf('{ token_file: token }', '{ ca_file: . , cert_file: "", key_file: "" }')).toEqual([
    `f:4:25: projects[0].auth.token_file: cannot be read: no such file or directory: ${file('token')}`,
    `f:5:35: ${TLS_PATH}.ca_file: cannot be read: it is a directory: ${folder}`,
  ]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration expands it
  expect(await problemsOf('{ token_file: "${TOKEN}" }', '{}', { TOKEN: 'hunter2' })).toEqual([
    'f:4:25: projects[0].auth.token_file: cannot be read: no such file or directory',
  ]);
  await writeFile(file('token'), 'secret');
  expect(await problemsOf('{ token_file: token }')).toEqual([]);
});

test.each(['', '\n', ' \t\r\n'])('a secret file that holds nothing but %j is empty', async (content) => {
  await writeFile(file('password'), content);
  expect(await problemsOf('{ username: u, domain: d, password_file: password }')).toEqual([
    `f:4:52: projects[0].auth.password_file: the file is empty: ${file('password')}`,
  ]);
});

test('what is no regular file is not read: a pipe gives its content once only', async () => {
  expect(await problemsOf('{ token_file: /dev/null }')).toEqual([]);
});

test('a state file or event log that nothing can be written to is told, one that is yet to be made is not', async () => {
  const problemsWith = async (rest: string) => {
    const text = `projects: [{ name: prod, region: r, project_id: x, auth: { token: t } }]\n${rest}\n`;
    const parsed = parseConfig(text, { file: 'f', env: {}, directory: folder });
    if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
    return (await checkFiles(parsed.namedFiles)).map(formatProblem);
  };
  const isFolder = `is a folder, and must name a file: ${folder}`;
  expect(await problemsWith('state: { file: . }')).toEqual([`f:2:16: state.file: ${isFolder}`]);
  expect(await problemsWith('state: { file: /dev/null }')).toEqual([
    'f:2:16: state.file: is not a file: /dev/null',
  ]);
  expect(await problemsWith('state: { file: not/yet }')).toEqual([]);
  expect(await problemsWith('event_log: .')).toEqual([`f:2:12: event_log: ${isFolder}`]);
  for (const eventLog of ['/dev/stdout', 'stdout', 'not/yet', '""'])
    expect(await problemsWith(`event_log: ${eventLog}`)).toEqual([]);
});

test('the folder of an event log is to be there before the first event comes', async () => {
  const problemsWith = async (eventLog: string, env = {}) => {
    const text = `projects: [{ name: prod, region: r, auth: { token: t } }]\nevent_log: ${eventLog}\n`;
    const parsed = parseConfig(text, { file: 'f', env, directory: folder });
    if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
    return (await checkFolders(parsed.namedFiles)).map(formatProblem);
  };
  const isNotThere = 'f:2:12: event_log: the folder that it is to be in is not there';
  expect(await problemsWith('not/yet')).toEqual([`${isNotThere}: ${file('not')}`]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration expands it
  expect(await problemsWith('"${PLACE}"', { PLACE: 'not/yet' })).toEqual([isNotThere]);
  for (const eventLog of ['yet', 'stdout', '""', '/dev/stderr'])
    expect(await problemsWith(eventLog)).toEqual([]);
  await writeFile(file('not'), '');
  expect(await problemsWith('not/yet')).toEqual([`${isNotThere}: ${file('not')}`]);
});

testWith('openssl')('certificates and keys are PEM', async () => {
  makeCertificates(folder, ['server']);
  expect(await problemsOf('{ environment: true }', TLS)).toEqual([]);

  const pem = await readFile(file('server.crt'), 'utf8');
  const der = Buffer.from(pem.replace(/-----.*-----|\n/g, ''), 'base64');
  const key = await readFile(file('server.key'));
  for (const useless of ['garbage', pem.replace(/\n.{20}/, '\n'), der, key]) {
    await writeFile(file('ca.crt'), useless);
    expect(await problemsOf('{ environment: true }', TLS)).toEqual([
      `f:5:35: ${TLS_PATH}.ca_file: holds no certificate in PEM format: ${file('ca.crt')}`,
    ]);
  }
  // Text before a certificate, and more certificates after it, as in the usual bundles.
  await writeFile(file('ca.crt'), `Subject: some authority\n${pem}\n# another\n${pem}`);
  expect(await problemsOf('{ environment: true }', TLS)).toEqual([]);

  const { privateKey: locked } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' },
  });
  for (const useless of ['garbage', pem, locked]) {
    await writeFile(file('server.key'), useless);
    expect(await problemsOf('{ environment: true }', TLS)).toEqual([
      `f:5:76: ${TLS_PATH}.key_file: holds no private key in PEM format without a passphrase: ${file('server.key')}`,
    ]);
  }
  await copyFile(file('server.key'), file('server.crt'));
  expect(await problemsOf('{ environment: true }', TLS)).toHaveLength(2);
});
