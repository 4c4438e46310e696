import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const DEPLOY = `${ROOT}deploy/`;

/** What a strict reader makes of a YAML file: duplicate keys and warnings are errors. */
export function readYaml<T>(path: string): T {
  const [document, ...more] = parseAllDocuments(readFileSync(path, 'utf8'), {
    strict: true,
    uniqueKeys: true,
  });
  if (document === undefined || 'empty' in document || more.length > 0)
    throw new Error(`${path} is not one document`);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw new Error(`${path}: ${problem.message}`);
  return document.toJS() as T;
}

/** The YAML files of deploy/, relative to it, but for the templates that Helm makes YAML of. */
export function yamlFiles(): string[] {
  return readdirSync(DEPLOY, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml') && !name.includes('/templates/'))
    .sort();
}
