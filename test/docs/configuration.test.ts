import { test } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { expectSections, table } from './document.ts';

/** The part of JSON Schema that the configuration's uses. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Of the two ways to give a value, itself or by a variable, the value itself. */
const plain = (schema: Schema): Schema => ({ ...schema, ...schema.anyOf?.[0] });

function typeOf(schema: Schema): string {
  const { type, enum: values, pattern, items, minimum, maximum, exclusiveMinimum } = plain(schema);
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  if (pattern?.includes('ms)?') === true) return 'duration';
  if (type === 'array') {
    const item = typeOf(items ?? {});
    return item.startsWith('`') ? `list of ${item}` : `list of ${item}s`;
  }
  if (type === 'object') return 'labels';
  if (exclusiveMinimum !== undefined) return `number above ${exclusiveMinimum} to ${maximum}`;
  if (type === 'integer') return `${minimum} to ${maximum}`;
  return type === 'boolean' ? '`true`, `false`' : 'string';
}

function defaultOf({ default: value }: Schema, isRequired: boolean): string {
  if (isRequired) return '_required_';
  if (value === undefined) return '';
  return typeof value === 'string' && value !== '' ? `\`${value}\`` : `\`${JSON.stringify(value)}\``;
}

/** A mapping's own keys, then its mappings and lists of mappings as sections of their own. */
function sections(path: string, schema: Schema): string[] {
  const { properties = {}, required = [], description } = schema;
  const entries = Object.entries(properties);
  const inner = ([, value]: [string, Schema]) => value.properties ?? value.items?.properties;
  const own = entries.filter((entry) => inner(entry) === undefined);
  const rows = own.map(([key, value]) => [
    `\`${key}\``,
    typeOf(value),
    defaultOf(value, required.includes(key)),
    plain(value).description ?? '',
  ]);
  const heading = path === '' ? [] : [`### \`${path}\``, ...(description === undefined ? [] : [description])];
  const body = rows.length === 0 ? [] : [table(['Key', 'Value', 'Default', 'Meaning'], rows)];
  const below = entries
    .filter((entry) => inner(entry) !== undefined)
    .flatMap(([key, value]) => {
      const name = path === '' ? key : `${path}.${key}`;
      const mapping = value.items === undefined ? value : { ...value.items, description: value.description };
      return sections(value.items === undefined ? name : `${name}[]`, mapping as Schema);
    });
  return [...heading, ...body, ...below];
}

// Run with --update, this writes the reference into the document.
test('docs/configuration.md has every key of the schema', async () => {
  const reference = sections('', configJsonSchema() as Schema).join('\n\n');
  await expectSections('docs/configuration.md', { reference });
});
