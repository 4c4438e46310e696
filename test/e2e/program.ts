import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { rolldown } from 'rolldown';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The program that tests run. */
    program: string;
  }
}

const ROOT = new URL('../../', import.meta.url).pathname;

/** Runs `program.cjs` with what V8 has made of its text before, or keeps that when it ends. */
const LOADER = `
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { constants, Script } = require('node:vm');
const filename = __dirname + '/program.cjs';
const compiled = filename + '.compiled';
const cachedData = existsSync(compiled) ? readFileSync(compiled) : undefined;
const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
const script = new Script(readFileSync(filename, 'utf8'), { filename, cachedData, importModuleDynamically });
if (cachedData === undefined) process.on('exit', () => writeFileSync(compiled, script.createCachedData()));
script.runInThisContext()(exports, require, module, filename, __dirname);
`;

/** Reaches nothing. */
const CONFIG = `projects:
  - name: prod
    region: cn-north-4
    project_id: ${'0'.repeat(32)}
    endpoint: http://127.0.0.1:9
    auth: { token: t }
    services: [{ id: s }]
`;

/**
 * Puts the built program and all that it imports into one file, as the executable has it, and beside it what V8 makes of
 * it: it starts hundreds of times, and so in less than half the time. As `npm run build` leaves it, the commands of the
 * documents run it.
 */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'modelarts-exporter-program-'));
  const dir = join(folder, 'dist');
  const main = join(dir, 'main.cjs');
  const bundled = await rolldown({ input: join(ROOT, 'dist/main.js'), platform: 'node' });
  const { output } = await bundled.generate({
    format: 'cjs',
    codeSplitting: false,
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  });
  const code = output[0].code.replace(/^#!.*/, '');
  await mkdir(dir);
  await writeFile(
    join(dir, 'program.cjs'),
    `(function (exports, require, module, __filename, __dirname) {${code}\n})`,
  );
  await writeFile(main, LOADER);
  await copyFile(join(ROOT, 'dist/build.json'), join(dir, 'build.json'));
  for (const name of ['package.json', 'README.md', 'docs'])
    await symlink(join(ROOT, name), join(folder, name));
  await writeFile(join(folder, 'config.yaml'), CONFIG);
  await run(main, folder);
  provide('program', main);
  return () => rm(folder, { recursive: true });
}

/** Lets the program do once what it does in most tests. */
async function run(main: string, cwd: string): Promise<void> {
  const args = [main, '--web.listen-address=127.0.0.1:0'];
  const program = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(program, 'exit');
  for await (const line of createInterface(program.stderr)) {
    const url = /msg=listening addresses=(\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    for (const path of ['/metrics', '/']) await (await fetch(`${url}${path}`)).text();
    program.kill();
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`the built program ends with ${code}`);
}
