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

const Recording = z.strictObject({ record: z.string(), expr: z.string() });

const RuleFile = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      interval: z.string().optional(),
      rules: z.array(z.union([Rule, Recording])),
    }),
  ),
});

export type AlertRule = z.infer<typeof Rule>;

/** The alert rules of a file in prometheus/, in its order. */
export function alertRules(file = 'alerts.yml'): AlertRule[] {
  const { groups } = RuleFile.parse(parse(readFileSync(`${DIRECTORY}${file}`, 'utf8')));
  return groups.flatMap(({ rules }) => rules).filter((rule) => 'alert' in rule);
}
