import { expect, test } from 'vitest';
import { Cloud } from '../../src/simulator/cloud.ts';
import { PROJECT } from '../configuration.ts';
import { Identity } from './identity.ts';

const HOUR = 3_600_000;

function scene() {
  const cloud = new Cloud();
  cloud.addProject({ id: PROJECT, name: 'cn-north-4' });
  const identity = new Identity(cloud, 'password');
  /** The token that IAM gives to who has this password, or its refusal. */
  const ask = (password: string | undefined, now: number) => {
    const user = { name: 'exporter', domain: { name: 'acme' }, password };
    const body = { auth: { identity: { password: { user } }, scope: { project: { id: PROJECT } } } };
    const { status, headers } = identity.issueToken(JSON.stringify(body), new URLSearchParams(), now);
    return { status, token: headers?.['X-Subject-Token'] ?? '' };
  };
  return { identity, ask };
}

test('a token of IAM holds for an hour, in its project, until it is revoked', () => {
  const { identity, ask } = scene();
  const { token } = ask(identity.auth['password'], 0);
  const holds = (now: number, project = PROJECT) => identity.accepts([token], project, now);
  expect([holds(0), holds(HOUR - 1), holds(HOUR), holds(0, 'another')]).toEqual([true, true, false, false]);
  identity.revoke();
  expect(holds(0)).toBe(false);
});

test('once the key is rotated, the password before and its tokens hold no more', () => {
  const { identity, ask } = scene();
  const before = identity.auth['password'];
  const { token } = ask(before, 0);
  identity.rotate();
  expect([ask(before, 1).status, identity.accepts([token], PROJECT, 1)]).toEqual([401, false]);
  expect(ask(identity.auth['password'], 2).status).toBe(201);
});
