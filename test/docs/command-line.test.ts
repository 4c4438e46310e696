import { expect, test } from 'vitest';
import { parseCommand } from '../../src/cli/parse-command.ts';
import { expectSections, table } from './document.ts';

function helpOf(...args: readonly string[]): string {
  const command = parseCommand([...args, '--help']);
  if (command.kind !== 'help') throw new Error(command.kind);
  return command.text;
}

/** The entries of a part of a help text: term and explanation, wrapped lines joined. */
function entries(help: string, part: string): (readonly [string, string])[] {
  const [, body = ''] = new RegExp(`^${part}:\\n((?: .*\\n?)*)`, 'm').exec(help) ?? [];
  return [...body.replace(/\n {5,}/g, ' ').matchAll(/^ {2}(\S.*?) {2,}(.*)$/gm)].map(
    ([, term = '', text = '']) => [term, text],
  );
}

const commands = entries(helpOf(), 'Commands').filter(([term]) => !term.startsWith('help'));
const nameOf = (term: string) => term.split(' ')[0] ?? '';

// Run with --update, this writes the tables into the document.
test('README.md has every command and flag', async () => {
  expect(commands.length).toBeGreaterThan(5);
  const rows = commands.map(([term, text]) => [`\`${term.replace(' [options]', '')}\``, text]);

  const flags = new Map<string, { text: string; of: string[] }>();
  for (const name of commands.map(([term]) => nameOf(term))) {
    for (const [term, text] of entries(helpOf(name), 'Options').filter(([each]) => each.startsWith('--'))) {
      const known = flags.get(term) ?? { text, of: [] };
      flags.set(term, { text, of: [...known.of, name] });
    }
  }
  const flagRows = [...flags].map(([term, { text, of }]) => [
    `\`${term}\``,
    of.map((name) => `\`${name}\``).join(', '),
    text.replaceAll('"', '`').replace(/\(default: ([^`)]+)\)/, '(default: `$1`)'),
  ]);
  await expectSections('README.md', {
    commands: table(['Command', 'Does'], rows),
    flags: table(['Flag', 'Of', 'Means'], flagRows),
  });
});
