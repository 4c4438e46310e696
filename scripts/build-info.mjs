// Notes beside what was built what it was built of, for --version and modelarts_exporter_build_info.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

// Where there is no repository, as in a container's build, REVISION tells.
const { stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' });
const revision = process.env.REVISION || stdout?.trim() || 'unknown';
const { SOURCE_DATE_EPOCH: epoch } = process.env;
const date = (epoch ? new Date(epoch * 1000) : new Date()).toISOString().replace(/\.\d+/, '');
writeFileSync(new URL('../dist/build.json', import.meta.url), `${JSON.stringify({ revision, date })}\n`);
