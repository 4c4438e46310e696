import { expect, test } from 'vitest';
import { KINDS } from '../../src/kinds/kinds.ts';
import { blocks, textOf } from './document.ts';

const permissions = Object.values(KINDS).flatMap(({ examination }) => Object.values(examination.permissions));
const needed = [...new Set(permissions.flatMap(([action]) => action ?? []))].sort();

test('the calls of every kind name the permission that they need', () => {
  for (const { name, examination, listing, reading } of Object.values(KINDS)) {
    const operations = [listing.operation, ...(listing.besides ?? []), ...reading.operations].sort();
    expect([name, Object.keys(examination.permissions).sort()]).toEqual([name, operations]);
  }
});

test('the policy in the documents holds the permissions that the doctor looks at', () => {
  const policies = blocks('docs/getting-started.md', 'json').filter((text) => text.includes('"Statement"'));
  expect(policies).toHaveLength(1);
  const { Statement } = JSON.parse(policies[0] ?? '') as { Statement: { Action: string[] }[] };
  expect(Statement.flatMap(({ Action }) => Action).sort()).toEqual(needed);
});

test('the table of permissions explains each of them, and the one that documents name besides', () => {
  const text = textOf('docs/getting-started.md');
  for (const action of permissions.flat()) expect(text).toContain(`\`${action}\``);
});
