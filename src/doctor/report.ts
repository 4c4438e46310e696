import type { Finding } from '../kinds/examination.ts';
import { printable } from '../log.ts';
import type { ProjectReport } from './doctor.ts';

/** How ids and texts are written. */
export interface Writing {
  id(value: string): string;
  text(value: string): string;
}

/** For whom they belong to, on a terminal. */
export const AS_IT_IS: Writing = { id: printable, text: printable };

const VERDICTS: Readonly<Record<Finding['verdict'], string>> = {
  ok: 'ok',
  note: 'note',
  problem: 'PROBLEM',
  unknown: 'unknown',
};
const WIDTH = 9;
const TEXT_MAX = 300;
const TARGETS_MAX = 10;

export function problemsIn(reports: readonly ProjectReport[]): number {
  return reports
    .flatMap(({ sections }) => sections.flatMap(({ findings }) => findings))
    .filter(({ verdict }) => verdict === 'problem').length;
}

/** The report in plain words. */
export function reportText(
  reports: readonly ProjectReport[],
  version: string,
  now: number,
  writing: Writing,
): string {
  const problems = problemsIn(reports);
  const requests = reports.reduce((sum, report) => sum + report.requests, 0);
  const end = problems === 0 ? 'No problems.' : problems === 1 ? '1 problem.' : `${problems} problems.`;
  return [
    `modelarts-exporter ${version}, doctor, ${new Date(now).toISOString()}`,
    ...reports.map((report) => projectText(report, writing)),
    `${end} Requests: ${requests}.`,
    '',
  ].join('\n');
}

function projectText({ project, region, sections }: ProjectReport, writing: Writing): string {
  const parts = sections.map(({ title, findings }) =>
    [title, ...findings.map((finding) => findingText(finding, writing)), ''].join('\n'),
  );
  return [``, `Project ${writing.id(project)}, region ${printable(region)}`, '', ...parts].join('\n');
}

function findingText({ topic, verdict, says, targets = [], texts = [] }: Finding, writing: Writing): string {
  const indent = ' '.repeat(WIDTH + 4);
  const details = [
    ...targets.slice(0, TARGETS_MAX).map((id) => writing.id(id)),
    ...(targets.length > TARGETS_MAX ? [`and ${targets.length - TARGETS_MAX} more`] : []),
    ...texts.map(
      (text) => `"${writing.text(text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text)}"`,
    ),
  ];
  return [
    `  ${VERDICTS[verdict].padEnd(WIDTH)}${topic}: ${says}`,
    ...details.map((line) => `${indent}${line}`),
  ].join('\n');
}
