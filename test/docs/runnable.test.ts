import { execFile } from 'node:child_process';
import { access, chmod, copyFile, mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { parseCommand } from '../../src/cli/parse-command.ts';
import { startDemo } from '../../src/simulator/world/demo.ts';
import { BuiltBinary, folderWith } from '../e2e/built-binary.ts';
import { WAIT } from '../patience.ts';
import { testWith } from '../programs.ts';
import { blocks, documents, ROOT } from './document.ts';

// Blocks marked `sh` are run, line by line, as a reader would: in a folder with a config.yaml, here of the
// simulated cloud, and with an exporter running at its usual address.

const PROGRAM = `#!/bin/sh\nexec ${process.execPath} ${ROOT}dist/main.js "$@"\n`;

interface Line {
  readonly document: string;
  readonly line: string;
}

const LINES: readonly Line[] = documents().flatMap((document) =>
  blocks(document, 'sh').flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ document, line })),
  ),
);

/** Whether a line runs until it is asked to end. */
function lasts(line: string): boolean {
  const [program, ...args] = line.split(' ');
  return program === 'modelarts-exporter' && ['serve', 'demo'].includes(parseCommand(args).kind);
}

async function startAndEnd(line: string, cwd: string): Promise<void> {
  const args = [...line.split(' ').slice(1), '--web.listen-address=127.0.0.1:0'];
  await using program = new BuiltBinary(args, { cwd });
  const url = await program.url();
  expect((await fetch(`${url}/-/healthy`)).status).toBe(200);
  expect((await program.end()).code).toBe(0);
}

async function run(line: string, cwd: string): Promise<void> {
  const env = { ...process.env, PATH: `${cwd}:${process.env['PATH']}` };
  const options = { cwd, env, maxBuffer: 100_000_000 };
  const { stdout } = await promisify(execFile)('bash', ['-e', '-o', 'pipefail', '-c', line], options);
  expect(stdout, line).not.toBe('');
}

test('the documents show commands that can be run', () => {
  expect(new Set(LINES.map(({ document }) => document)).size).toBeGreaterThan(3);
  expect(LINES.length).toBeGreaterThan(10);
});

testWith('promtool')('every command of the documents that is marked as runnable runs', async () => {
  const cloud = await startDemo({ now: Date.now });
  // Nothing is deleted while a command reads it.
  cloud.pause();
  try {
    await using folder = await folderWith({
      'config.yaml': cloud.configYaml,
      'running.yaml': `state: { file: state }\n${cloud.configYaml}`,
      'modelarts-exporter': PROGRAM,
    });
    await chmod(folder.file('modelarts-exporter'), 0o755);
    await mkdir(folder.file('prometheus'));
    await copyFile(`${ROOT}prometheus/alerts.yml`, folder.file('prometheus/alerts.yml'));
    const args = ['--config.file=running.yaml', '--web.listen-address=127.0.0.1:0'];
    await using exporter = new BuiltBinary(args, { cwd: folder.path });
    const url = await exporter.url();
    // A busy machine needs several scrapes until nothing is missing, and the state is saved after that.
    await vi.waitFor(async () => {
      expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^modelarts_pool_status\{/m);
      await access(folder.file('state'));
    }, WAIT);
    for (const line of new Set(LINES.map((each) => each.line))) {
      if (lasts(line)) await startAndEnd(line, folder.path);
      else await run(line.replaceAll('http://localhost:10979', url), folder.path);
    }
    expect((await exporter.end()).code).toBe(0);
  } finally {
    await cloud.close();
  }
});
