import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

/** Directory of the rules, their tests and the example configurations. */
export const DIRECTORY = fileURLToPath(new URL('../../prometheus/', import.meta.url));

const Rule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
});

const RuleFile = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(Rule) })),
});

export type AlertRule = z.infer<typeof Rule>;

/** The alert rules in the order of their file. */
export function alertRules(): AlertRule[] {
  const file = RuleFile.parse(parse(readFileSync(`${DIRECTORY}alerts.yml`, 'utf8')));
  return file.groups.flatMap(({ rules }) => rules);
}
