/**
 * Writes docs/protocol/conformance.md from the conformance table of the tests: `npm run conformance`. A test checks that it
 * is up to date.
 */

import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { ConformanceRow } from '../../test/interop/conformance/row.ts';
import { conformanceRows } from '../../test/interop/conformance/rows.ts';

export const conformancePage: URL = new URL('../../docs/protocol/conformance.md', import.meta.url);

const head = `# Conformance

What of Erlang's distribution protocol a node of Convoy has. The table is written by \`npm run conformance\` from the suite that
tries it, \`test/interop/conformance\`: with OTP 25, 27 and 29 (23 where it is installed), over TCP, IPv6 and TLS, as a visible and as a hidden
node, with distribution headers and without. \`npm test\` tries some of these combinations, \`npm run test:all\` all of them.

`;

/** The page for these rows. */
export function pageOf(rows: readonly ConformanceRow[]): string {
  const table = [['feature', 'Convoy', 'tried by'], ...rows.map(cellsOf)];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((cells) => (cells[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [titles = [], ...rest] = table;
  const rule = widths.map((width) => '-'.repeat(width));
  return `${head}${[titles, rule, ...rest].map(line).join('\n')}\n`;
}

function cellsOf({ feature, answer, cases = [], suites = [] }: ConformanceRow): string[] {
  const links = suites.map(
    (path) => `[${path.split('/').at(-1)?.replace('.test.ts', '') ?? ''}](../../${path})`,
  );
  return [feature, answer, [...cases.map(({ title }) => title), ...links].join('; ')];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(conformancePage, pageOf(conformanceRows));
}
