const CELL_MAX = 100;

/**
 * Formats rows under a header as aligned columns. Control characters become spaces, so that a text from
 * ModelArts cannot change the terminal.
 * @param whole names of the columns whose cells are never cut
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

/** Labels in one cell: `name=value`, as they are shown beside each other. */
export function pairs(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

function clean(text: string, longest: number): string {
  const line = text.replace(/[\s\p{Cc}\p{Cf}\p{Surrogate}]+/gu, ' ').trim();
  // Half of a surrogate pair may be left at the cut.
  return line.length > longest ? `${line.slice(0, longest - 1).replace(/\p{Surrogate}$/u, '')}…` : line;
}
