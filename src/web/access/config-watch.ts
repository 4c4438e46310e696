import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { readBounded } from '../../config/read-file.ts';
import { loadWebConfig, type WebConfig } from './config.ts';

export interface ConfigWatchOptions {
  readonly file: string;
  /** The configuration that the server was started with. */
  readonly initial: WebConfig;
  /** Waits as long as a writer usually takes to finish a file. */
  readonly settle: () => Promise<void>;
  /** Called with a configuration that differs from the one before. */
  readonly onChange: (config: WebConfig) => void;
  /** Called once for each content that cannot be used. */
  readonly onError: (error: unknown) => void;
}

/** What was read from the web configuration and from the certificates that it names. */
interface Reading {
  /** Of all that was read. Two readings with the same digest found the same content. */
  readonly digest: string;
  /** @throws WebConfigError */
  readonly config: () => WebConfig;
}

/**
 * Makes a check, to be called from time to time, that reads the web configuration again. A file that is being
 * written is empty or cut short for a moment, and between two files of a renewed certificate they do not match.
 * So a content counts, for good or bad, only when it is read twice with a pause between.
 */
export function createConfigCheck(options: ConfigWatchOptions): () => Promise<void> {
  const { file, initial, settle, onChange, onError } = options;
  let current = initial;
  let settled: string | undefined;
  return async () => {
    const { digest, config } = await read(file);
    if (digest === settled) return;
    await settle();
    if ((await read(file)).digest !== digest) return;
    settled = digest;
    try {
      const changed = config();
      const fixed = fixedUntilRestart(initial, changed);
      if (fixed !== undefined) throw new Error(`${file}: ${fixed} change with a restart only`);
      if (!isDeepStrictEqual(changed, current)) onChange(changed);
      current = changed;
    } catch (error) {
      onError(error);
    }
  };
}

async function read(file: string): Promise<Reading> {
  const hash = createHash('sha256');
  try {
    const config = await loadWebConfig(file, async (path) => {
      const content = await readBounded(path);
      hash.update(`${content.length} `).update(content);
      return content;
    });
    return { digest: hash.digest('hex'), config: () => config };
  } catch (error) {
    const digest = hash.update(String(error)).digest('hex');
    return {
      digest,
      config: () => {
        throw error;
      },
    };
  }
}

/** A file that has lost its users or its TLS, by mistake, must not open the exporter to everybody. */
function fixedUntilRestart(initial: WebConfig, changed: WebConfig): string | undefined {
  if (changed.tls?.clientAuth !== initial.tls?.clientAuth) return 'TLS on or off and client_auth_type';
  if ((changed.tls?.allowedNames === undefined) !== (initial.tls?.allowedNames === undefined))
    return 'client_allowed_sans on or off';
  if ((changed.users.size === 0) !== (initial.users.size === 0)) return 'users on or off';
  return undefined;
}
