/** A line of a bench table: ours beside a reference measured in the same run, as a ratio. Higher ratios are better. */

export interface BenchRow {
  readonly name: string;
  readonly ours: string;
  readonly reference: string;
  /** Ours against the reference, so that more is better also for times. */
  readonly ratio: number;
  readonly target: string;
  readonly note?: string;
}

export function printTable(title: string, rows: readonly BenchRow[]): void {
  const cells = [
    ['work', 'ours', 'reference', 'ratio', 'to reach'],
    ...rows.map((row) => [row.name, row.ours, row.reference, row.ratio.toFixed(2), row.target]),
  ];
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  console.log(`\n${title}\n`);
  for (const row of cells)
    console.log(
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}`,
    );
  for (const row of rows) if (row.note !== undefined) console.log(`  ${row.name}: ${row.note}`);
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
