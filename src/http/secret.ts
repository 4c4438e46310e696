import type { SecretSource } from '../config/config.ts';
import { watchFile } from './watched-file.ts';

/** A secret that cannot be used. The message names the secret or its file, never the content. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/** Reads a secret; from a file, as it is now. */
export type ReadSecret = () => Promise<string>;

const SECRET_BYTES_MAX = 65_536;

/**
 * @param name what the secret is, for errors
 * @throws (when read) SecretError
 */
export function secretReader(name: string, source: SecretSource): ReadSecret {
  if ('value' in source) {
    const { value } = source;
    return async () => value;
  }
  const file = watchFile(source.file, SECRET_BYTES_MAX);
  return async () => {
    const content = await file.read().catch((error: unknown) => {
      throw new SecretError(`${name}: ${error instanceof Error ? error.message : 'unreadable'}`);
    });
    // As Prometheus does: an editor leaves a line break behind, a copied key a blank.
    const secret = content.toString().trim();
    if (secret === '') throw new SecretError(`${name}: ${source.file} is empty`);
    return secret;
  };
}

/**
 * A secret that is sent in a header.
 * @throws SecretError if it holds anything but printable ASCII: a line break would end the header and begin another
 */
export function headerSafe(name: string, value: string): string {
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new SecretError(`${name}: holds characters that an HTTP header cannot (only printable ASCII can)`);
  }
  return value;
}
