/** One line of the result: a figure, what it is held against, and what it should be. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly against: string;
  /** The figure that the target is about; undefined where it could not be measured. */
  readonly figure: number | undefined;
  readonly unit: '' | ' ms' | ' kB' | ' MB' | ' s' | ' packages' | ' refusals';
  /** `figure` is to be at most, or at least, so much. */
  readonly target: { readonly atMost: number } | { readonly atLeast: number };
}

export function isMet({ figure, target }: Row): boolean | undefined {
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
      'atMost' in row.target ? `<= ${row.target.atMost}${row.unit}` : `>= ${row.target.atLeast}${row.unit}`,
      { true: 'yes', false: 'NO', undefined: '?' }[`${isMet(row)}`],
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

function formatFigure(figure: number, unit: Row['unit']): string {
  return `${figure.toFixed(Math.abs(figure) < 10 ? 2 : figure < 100 ? 1 : 0)}${unit === '' ? 'x' : unit}`;
}
