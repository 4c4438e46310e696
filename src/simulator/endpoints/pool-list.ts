import { type Answer, ok } from '../answer.ts';
import type { Pool, PoolNodes } from '../model.ts';
import { utcSeconds } from '../wire-time.ts';
import type { Call } from './call.ts';
import { QueryReader } from './query-reader.ts';
import { BAD_REQUEST } from './training-job-events.ts';

const STATES = ['creating', 'available', 'abnormal', 'deleting'] as const;

/** `GET /v2/{project_id}/pools`: every pool at once, there is no paging. */
export function poolList(call: Call): Answer {
  const query = new QueryReader(call.query, BAD_REQUEST);
  const status = query.oneOf('status', ['created', 'failed', 'creating']);
  const workspace = query.text('workspaceId') ?? '0';
  const selector = parseSelector(query.text('labelSelector') ?? '');
  const pools = [...call.project.pools.values()].filter((pool) => {
    const labels: Readonly<Record<string, string>> = labelsOf(pool);
    return (
      workspace === '0' &&
      (status === undefined || statusOf(pool) === status) &&
      selector.every(([name, value]) => labels[name] === value)
    );
  });
  return ok({
    kind: 'PoolList',
    apiVersion: 'v2',
    items: pools.map((pool) => wirePool(pool, call.dialect.poolList.resources)),
  });
}

function parseSelector(text: string): (readonly [string, string])[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at), part.slice(at + 1)] as const;
    });
}

function statusOf(pool: Pool): 'created' | 'failed' | 'creating' {
  if (pool.phase === 'Creating') return 'creating';
  return pool.phase === 'Error' || pool.phase === 'CreationFailed' ? 'failed' : 'created';
}

function labelsOf(pool: Pool): Readonly<Record<string, string>> {
  return {
    'os.modelarts/name': pool.display_name,
    'os.modelarts/workspace.id': '0',
    'os.modelarts/resource.id': pool.name,
  };
}

function wirePool(pool: Pool, form: 'array' | 'object'): unknown {
  return {
    kind: 'Pool',
    apiVersion: 'v2',
    metadata: {
      name: pool.name,
      creationTimestamp: utcSeconds(pool.created_at),
      labels: labelsOf(pool),
      annotations: { 'os.modelarts/billing.mode': '0' },
    },
    spec: {
      type: 'Dedicate',
      scope: ['Train', 'Infer'],
      resources: pool.resources.map((nodes) => {
        const count = nodes.creating + nodes.available + nodes.abnormal;
        return { flavor: nodes.flavor, count, maxCount: count };
      }),
      network: { name: 'network-1' },
    },
    status: {
      phase: pool.phase,
      message: '',
      resources: Object.fromEntries(
        STATES.map((state) => [state, form === 'array' ? perFlavor(pool, state) : inOne(pool, state)]),
      ),
      scope: [{ scopeType: 'Train', state: 'Enabled' }],
      driver: { gpu: { version: '470.57.02', state: 'Running' } },
      root: pool.name,
    },
  };
}

/** Flavours without a node in that state are not listed. */
function perFlavor(pool: Pool, state: (typeof STATES)[number]): unknown[] {
  return pool.resources.filter((nodes) => nodes[state] > 0).map((nodes) => flavorCount(nodes, nodes[state]));
}

function inOne(pool: Pool, state: (typeof STATES)[number]): unknown {
  const [nodes] = pool.resources;
  const count = pool.resources.reduce((sum, each) => sum + each[state], 0);
  return nodes === undefined ? {} : flavorCount(nodes, count);
}

function flavorCount({ flavor }: PoolNodes, count: number): unknown {
  return { flavor, count, maxCount: count, azs: [{ az: 'az-1', count }] };
}
