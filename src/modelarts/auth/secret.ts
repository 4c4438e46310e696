import { createHash } from 'node:crypto';
import type { SecretSource } from '../../config/config.ts';
import { ApiError } from '../errors.ts';
import { watchFile } from '../watched-file.ts';

/** Reads a secret; from a file, as it is now. */
export type ReadSecret = () => Promise<string>;

const LONGEST = 65_536;

/**
 * @param name what the secret is, for errors
 * @throws (when read) ApiError with reason `auth` that names the file, never the content
 */
export function secretReader(name: string, source: SecretSource): ReadSecret {
  if ('value' in source) {
    const { value } = source;
    return async () => value;
  }
  const file = watchFile(source.file, LONGEST);
  return async () => {
    const content = await file.read().catch((error: unknown) => {
      throw new ApiError('auth', `${name}: ${error instanceof Error ? error.message : 'unreadable'}`);
    });
    const secret = content.toString().replace(/[\r\n]+$/, '');
    if (secret === '') throw new ApiError('auth', `${name}: ${source.file} is empty`);
    return secret;
  };
}

/**
 * A secret that is sent in a header.
 * @throws ApiError where it holds anything but printable ASCII, which could end the header and begin another
 */
export function headerSafe(name: string, value: string): string {
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new ApiError(
      'auth',
      `${name}: holds characters that an HTTP header cannot (only printable ASCII can)`,
    );
  }
  return value;
}

/** Names a credential without telling it; only ever a key in memory. */
export function fingerprint(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}
