import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { parseCommand } from '../../src/cli/parse-command.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { markOf, PHASES } from '../../src/kinds/service/phases.ts';
import { webConfigFile } from '../../src/web/access/config-schema.ts';
import { folderWith } from '../e2e/built-binary.ts';
import { testWith } from '../programs.ts';
import { promtool } from '../prometheus/promtool.ts';
import { blocks, documents, ROOT, textOf } from './document.ts';

/** As GitHub makes them of headings. */
function anchorsOf(document: string): string[] {
  return [...textOf(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(documents())('links and pictures of %s lead somewhere', (document) => {
  for (const [, link = ''] of textOf(document).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^https?:/.test(link)) continue;
    const [path = '', anchor] = link.split('#');
    const file = path === '' ? document : join(dirname(document), path);
    expect(existsSync(`${ROOT}${file}`), `${document}: ${link}`).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(file), `${document}: ${link}`).toContain(anchor);
  }
});

test.each(documents())('paths of the repository in %s exist', (document) => {
  const spans = [...textOf(document).matchAll(/`((?:src|test|grafana|prometheus|deploy|docs)\/[\w./-]*)`/g)];
  for (const [, path = ''] of spans) expect(existsSync(`${ROOT}${path}`), path).toBe(true);
});

interface Example {
  readonly document: string;
  readonly text: string;
  readonly content: Readonly<Record<string, unknown>>;
}

const EXAMPLES: readonly Example[] = documents().flatMap((document) =>
  blocks(document, 'yaml').map((text) => ({ document, text, content: parse(text) as Example['content'] })),
);

const ENVIRONMENT = {
  MODELARTS_ACCESS_KEY: 'ak',
  MODELARTS_SECRET_KEY: 'sk',
  CREDENTIALS_DIRECTORY: '/run/credentials',
  STATE_DIRECTORY: '/var/lib/modelarts-exporter',
};

test.each(
  EXAMPLES.filter(({ content }) => !('scrape_configs' in content) && !('basic_auth_users' in content)),
)('$document: this example configuration is valid: $text', ({ document, text, content }) => {
  // A part of a file is completed by the least that makes one.
  const rest = 'projects:\n  - { name: production, region: cn-north-4, auth: { environment: true } }\n';
  const whole = 'projects' in content ? text : `${text}${rest}`;
  const parsed = parseConfig(whole, { file: document, env: ENVIRONMENT, directory: '/etc' });
  expect(parsed.ok ? [] : parsed.problems).toEqual([]);
});

testWith('promtool')('Prometheus accepts the examples for it', async () => {
  const examples = EXAMPLES.filter(({ content }) => 'scrape_configs' in content);
  expect(examples).not.toEqual([]);
  for (const { text } of examples) {
    await using folder = await folderWith({
      'prometheus.yml': text,
      'alerts.yml': readFileSync(`${ROOT}prometheus/alerts.yml`, 'utf8'),
    });
    expect(await promtool('check', 'config', folder.file('prometheus.yml'))).toContain('SUCCESS');
  }
});

test('the examples of TLS and users are valid', () => {
  const examples = EXAMPLES.filter(({ content }) => 'basic_auth_users' in content);
  expect(examples).not.toEqual([]);
  for (const { content } of examples) expect(webConfigFile.safeParse(content).error).toBeUndefined();
});

/** Commands that are shown but can't be run by a test: they need an account, an engine, a cluster or root. */
const SHOWN = documents().flatMap((document) =>
  blocks(document, 'console').flatMap((text) =>
    text
      .replaceAll('\\\n', ' ')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => ({ document, line })),
  ),
);

test.each(SHOWN)('$document: what can be checked of `$line`', ({ document, line }) => {
  for (const [, command = ''] of line.matchAll(
    /(?:^|&& |\| )(?:sudo )?((?:\S+\/)?[\w-]+ .*?)(?= && | \| |$)/g,
  )) {
    const [program = '', ...args] = command.replaceAll(/["']/g, '').split(/\s+/);
    if (program === 'modelarts-exporter') expect(parseCommand(args).kind, line).not.toBe('usage');
    if (program === 'npm' && args[0] === 'run')
      expect(Object.keys(packageJson.scripts)).toContain(args.slice(1).find((arg) => !arg.startsWith('-')));
    for (const path of args.filter((arg) => /^(deploy|prometheus|grafana|docs)\//.test(arg))) {
      expect(existsSync(`${ROOT}${path}`), `${document}: ${path}`).toBe(true);
    }
  }
});

test('the texts by which phases are recognised are documented as they are in the code', () => {
  const [, section = ''] = textOf('docs/metrics.md').split('\n### Deployment phases\n');
  const rows = [...section.matchAll(/^\| `(\w+)` \| (.+) \| `(.+)` \|$/gm)];
  expect(rows.map(([, phase]) => phase)).toEqual(PHASES);
  for (const [, phase, start = '', end = ''] of rows) {
    const [, text] = /^`(.+)`$/.exec(start) ?? [];
    if (text !== undefined) expect(markOf(0, text)?.[1]).toBe(`start ${phase}`);
    expect(markOf(0, end)).toEqual([0, `end ${phase}`, 'M']);
  }
});

test('every dependency is in the README, with its reason', () => {
  const [, section = ''] = textOf('README.md').split('\n## Dependencies\n');
  const [list = ''] = section.split('\n## ');
  const named = [...list.matchAll(/^\| \[?`([^`]+)`.*\| .+ \|$/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual(Object.keys(packageJson.dependencies).sort());
});
