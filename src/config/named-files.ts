import { createPrivateKey, X509Certificate } from 'node:crypto';
import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { formatPath, type Problem } from './problem.ts';
import { readBounded, unreadable } from './read-file.ts';
import { type Locate, type Step, scalarsOf, type Tree } from './yaml-tree.ts';

/** A file that the configuration names. */
export interface NamedFile {
  readonly file: string;
  readonly holds: 'certificate' | 'key' | 'secret' | 'state' | 'event log';
  /** The problem it is when that file is of no use. */
  readonly problem: (message: string) => Problem;
  /** Its name came out of an environment variable, and may be a secret that somebody put there by mistake. */
  readonly isExpanded: boolean;
}

/**
 * In a valid file the keys that end with `_file` are just those that name a file to read, but for the
 * labels of alerts, whose names are free. `state.file` and `event_log` need not be there yet, but must not be anything
 * else.
 */
export function findNamedFiles(tree: Tree, locate: Locate, directory: string): readonly NamedFile[] {
  return [...scalarsOf(tree)].flatMap(({ path, scalar: { text, offset, expanded } }) => {
    const isLabel = path[0] === 'alerting' && path[1] === 'labels';
    const holds = isLabel || text === '' ? undefined : holdsOf(path, text);
    if (holds === undefined) return [];
    const problem = (message: string) => locate(offset, path, message);
    return [{ file: resolve(directory, text), holds, problem, isExpanded: expanded }];
  });
}

/** What the file holds that a value names; undefined if it names none. */
function holdsOf(path: readonly Step[], text: string): NamedFile['holds'] | undefined {
  const whole = formatPath(path);
  if (whole === 'state.file') return 'state';
  if (whole === 'event_log') return text === 'stdout' ? undefined : 'event log';
  const key = String(path.at(-1));
  if (key === 'ca_file' || key === 'cert_file') return 'certificate';
  if (key === 'key_file') return 'key';
  return key.endsWith('_file') ? 'secret' : undefined;
}

/** The problems of the files that cannot be read, that hold nothing of use, or that nothing can be written to. */
export async function checkFiles(files: readonly NamedFile[]): Promise<readonly Problem[]> {
  const problems = await Promise.all(
    files.map(async ({ file, holds, problem, isExpanded }) => {
      const message =
        holds === 'state' || holds === 'event log'
          ? await complaintOfWritten(file, holds)
          : await complaintOf(file, holds);
      if (message === undefined) return [];
      return [problem(isExpanded ? message : `${message}: ${file}`)];
    }),
  );
  return problems.flat();
}

/** The problems of event logs whose folder is not there: nothing makes it, and their first event would be too late. */
export async function checkFolders(files: readonly NamedFile[]): Promise<readonly Problem[]> {
  const problems = await Promise.all(
    files.map(async ({ file, holds, problem, isExpanded }) => {
      if (holds !== 'event log') return [];
      const found = await stat(dirname(file)).catch(() => undefined);
      if (found?.isDirectory()) return [];
      const message = 'the folder that it is to be in is not there';
      return [problem(isExpanded ? message : `${message}: ${dirname(file)}`)];
    }),
  );
  return problems.flat();
}

/** Lines may go into a pipe or a device, a state can't. */
async function complaintOfWritten(file: string, holds: 'state' | 'event log'): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) return 'is a folder, and must name a file';
  return found === undefined || found.isFile() || holds === 'event log' ? undefined : 'is not a file';
}

async function complaintOf(
  file: string,
  holds: 'certificate' | 'key' | 'secret',
): Promise<string | undefined> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) return 'cannot be read: it is a directory';
    await access(file, constants.R_OK);
    // Of a pipe nothing would be left to use.
    if (!found.isFile()) return undefined;
  } catch (error) {
    return unreadable(error).message;
  }
  const content = await readBounded(file).catch((error: Error) => error);
  if (content instanceof Error) return content.message;
  const text = content.toString();
  if (text.trim() === '') return 'the file is empty';
  if (holds === 'certificate' && !isCertificate(text)) return 'holds no certificate in PEM format';
  if (holds === 'key' && !isKey(text)) return 'holds no private key in PEM format without a passphrase';
  return undefined;
}

function isCertificate(text: string): boolean {
  return succeeds(() => new X509Certificate(text));
}

function isKey(text: string): boolean {
  return succeeds(() => createPrivateKey(text));
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}
