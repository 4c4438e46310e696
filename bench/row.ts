/** One line of the result: a figure, what it is held against, and what it should be. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly against: string;
  /** The figure that the target is about; undefined where it could not be measured. */
  readonly figure: number | undefined;
  readonly unit: '' | ' ms' | ' kB' | ' MB' | ' s' | ' packages' | ' refusals';
  /** `figure` is to be at most, or at least, so much; undefined: it is what it is. */
  readonly target: { readonly atMost: number } | { readonly atLeast: number } | undefined;
}

/** Undefined where it could not be measured. */
export function isMet({ figure, target }: Row): boolean | undefined {
  if (target === undefined) return true;
  if (figure === undefined) return undefined;
  return 'atMost' in target ? figure <= target.atMost : figure >= target.atLeast;
}

/** The rows as a Markdown table, padded so that it reads well as it is. */
export function formatTable(rows: readonly Row[]): string {
  const lines = [
    ['what', 'measured', 'against', 'figure', 'target', 'met'],
    ...rows.map((row) => [
      row.what,
      row.measured,
      row.against,
      row.figure === undefined ? 'NOT MEASURED' : formatFigure(row.figure, row.unit),
      ...targetCells(row),
    ]),
  ];
  return formatCells(lines);
}

/** Cells as a Markdown table, the first line its head. */
export function formatCells(lines: readonly (readonly string[])[]): string {
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  const [head = '', ...body] = lines.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [head, rule, ...body].join('\n');
}

function targetCells(row: Row): [target: string, met: string] {
  const { target, unit } = row;
  if (target === undefined) return ['-', '-'];
  const text = 'atMost' in target ? `<= ${target.atMost}${unit}` : `>= ${target.atLeast}${unit}`;
  return [text, { true: 'yes', false: 'NO', undefined: '?' }[`${isMet(row)}`]];
}

function formatFigure(figure: number, unit: Row['unit']): string {
  return `${figure.toFixed(Math.abs(figure) < 10 ? 2 : figure < 100 ? 1 : 0)}${unit === '' ? 'x' : unit}`;
}
