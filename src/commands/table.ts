const CELL_MAX = 100;

/**
 * Rows under a header as aligned columns; control characters can't reach the terminal.
 * @param whole columns whose cells are not cut, however long they are
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  whole: readonly string[] = [],
): string {
  const longest = header.map((name) => (whole.includes(name) ? Number.POSITIVE_INFINITY : CELL_MAX));
  const lines = [
    header,
    ...rows.map((row) => row.map((cell, column) => clean(cell, longest[column] ?? CELL_MAX))),
  ];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function clean(text: string, longest: number): string {
  const line = text.replace(/[\s\p{Cc}\p{Cf}\p{Surrogate}]+/gu, ' ').trim();
  // The cut may go through a pair of surrogates.
  return line.length > longest ? `${line.slice(0, longest - 1).replace(/\p{Surrogate}$/u, '')}…` : line;
}
