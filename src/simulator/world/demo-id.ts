import { createHash } from 'node:crypto';

/** A UUID that is the same for the same name in every demo, so that configurations can name it. */
export function demoId(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** The same for what has 32 hex digits, such as projects and the ends of pool names. */
export function demoHex(name: string): string {
  return demoId(name).replaceAll('-', '');
}
