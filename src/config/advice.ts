import { KIND_NAMES, perKind, rowOf } from '../kind-table.ts';
import type { Config } from './config.ts';
import { nearest } from './nearest.ts';

/** How names of regions begin; a number follows, and new numbers come. */
const REGIONS: readonly string[] = [
  ...[
    'cn-north',
    'cn-east',
    'cn-south',
    'cn-southwest',
    'cn-northwest',
    'ap-southeast',
    'af-south',
    'af-north',
  ],
  ...[
    'la-north',
    'la-south',
    'sa-brazil',
    'na-mexico',
    'me-east',
    'tr-west',
    'eu-west',
    'ru-northwest',
    'ru-moscow',
  ],
];

const SECTIONS = Object.values(perKind(rowOf)).map(({ section }) => section);
const IDLE = `nothing of a project is watched: list ${SECTIONS.slice(0, -1).join(', ')} or ${SECTIONS.at(-1)}, or enable their discovery`;
const NO_ID = 'does not look like an id: Huawei Cloud writes 32 digits and letters from a to f';

export interface Advice {
  readonly project: string;
  readonly message: string;
  /** What it is about. */
  readonly path: readonly PropertyKey[];
}

/** What is valid, but hardly what somebody wants. */
export function adviceOn({ projects }: Config): readonly Advice[] {
  return projects.flatMap(({ name: project, projectId, region, endpoint, targets, discovery }, index) => {
    const found: Advice[] = [];
    const say = (message: string, ...keys: readonly string[]) =>
      found.push({ project, message, path: ['projects', index, ...keys] });
    // Whoever names an endpoint of their own may have regions and ids of their own.
    const isOfHuawei = endpoint === `https://modelarts.${region}.myhuaweicloud.com`;
    const meant = isOfHuawei ? regionMeant(region) : undefined;
    if (meant !== undefined) say(`region ${region} is not known: did you mean ${meant}?`, 'region');
    if (isOfHuawei && projectId !== undefined && !/^[0-9a-f]{32}$/.test(projectId))
      say(`project_id ${projectId.slice(0, 64)} ${NO_ID}`, 'project_id');
    if (KIND_NAMES.every((kind) => targets[kind].length === 0 && !discovery[kind].enabled)) say(IDLE, 'name');
    return found;
  });
}

function regionMeant(region: string): string | undefined {
  const [, place = region, number = ''] = /^(.*?)(-\d+)?$/.exec(region) ?? [];
  if (REGIONS.includes(place)) return undefined;
  const meant = nearest(place, REGIONS);
  return meant === undefined ? undefined : `${meant}${number}`;
}
