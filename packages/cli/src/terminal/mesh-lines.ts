/** Formats the report about all pairs of a cluster for people: one matrix, then each fault once, with the pairs that have it. */

import type { MeshMember, MeshPair, MeshReport } from '@convoy/cluster/doctor';
import { faultText } from './diagnosis-lines.ts';

type Fault = NonNullable<MeshReport['fault']>;

/** One kind of fault, and the pairs that have it. */
interface Finding {
  readonly fault: Fault;
  readonly pairs: MeshPair[];
}

const connected = 'ok';
const unknown = '?';
const itself = '.';

/** The matrix and the report. */
export function meshText(report: MeshReport): string {
  const { entry, ok, members, pairs, fault, warnings } = report;
  if (fault !== undefined) return faultText(fault);
  const findings = findingsOf(pairs);
  const missing = pairs.filter((pair) => pair.connected !== true).length;
  const verdict = ok
    ? completeText(entry, members.length)
    : `${missing} of ${pairs.length} connections are missing or unknown.`;
  const lines = [
    ...matrixLines(members, pairs, findings),
    '',
    verdict,
    ...findings.flatMap(({ fault: found, pairs: having }, at) => [
      '',
      `${at + 1}: ${pairsText(having)}`,
      faultText(found),
    ]),
    ...warnings.map((warning) => `also: ${faultText(warning)}`),
  ];
  return lines.join('\n');
}

function completeText(entry: string, count: number): string {
  return count === 1
    ? `${entry} is not connected to any other node.`
    : `All ${count} nodes of ${entry} are connected with one another.`;
}

/** Rows are the nodes that were asked, columns those that they are connected to. */
function matrixLines(
  members: readonly MeshMember[],
  pairs: readonly MeshPair[],
  findings: readonly Finding[],
): string[] {
  const numbers = members.map((_, at) => String(at + 1));
  const width = Math.max(2, ...numbers.map(({ length }) => length)) + 2;
  const names = members.map(({ name }, at) => `${numbers[at]?.padStart(3) ?? ''}  ${name}`);
  const nameWidth = Math.max(0, ...names.map(({ length }) => length));
  const byPair = new Map(pairs.map((pair) => [keyOf(pair), pair]));
  const header = ' '.repeat(nameWidth) + numbers.map((number) => number.padStart(width)).join('');
  const rows = members.map((from, row) => {
    const cells = members.map((to) => {
      const pair = byPair.get(keyOf({ from: from.name, to: to.name }));
      return (pair === undefined ? itself : cellOf(pair, findings)).padStart(width);
    });
    return `${(names[row] ?? '').padEnd(nameWidth)}${cells.join('')}  ${describe(from)}`.trimEnd();
  });
  return [header, ...rows];
}

function keyOf({ from, to }: Pick<MeshPair, 'from' | 'to'>): string {
  return `${from} ${to}`;
}

/** `ok`, or the number of the finding below. */
function cellOf(pair: MeshPair, findings: readonly Finding[]): string {
  if (pair.connected === true) return connected;
  const number = findings.findIndex(({ pairs }) => pairs.includes(pair)) + 1;
  return number === 0 ? unknown : `!${number}`;
}

function describe({ answers, release, tickTime }: MeshMember): string {
  if (!answers) return 'does not answer';
  const tick = tickTime === undefined || tickTime === 60 ? '' : `, net_ticktime ${tickTime}`;
  return release === undefined ? 'TypeScript' : `OTP ${release}${tick}`;
}

/** Pairs whose faults have the same code and the same sentence, but for the names in it. */
function findingsOf(pairs: readonly MeshPair[]): Finding[] {
  const findings = new Map<string, Finding>();
  for (const pair of pairs) {
    const fault = pair.diagnosis?.fault;
    if (fault === undefined) continue;
    const key = `${fault.code} ${fault.sentence.replaceAll(pair.from, 'FROM').replaceAll(pair.to, 'TO')}`;
    const finding = findings.get(key) ?? { fault, pairs: [] };
    finding.pairs.push(pair);
    findings.set(key, finding);
  }
  return [...findings.values()];
}

const maxShown = 10;

function pairsText(pairs: readonly MeshPair[]): string {
  const shown = pairs.slice(0, maxShown).map(({ from, to }) => `${from} to ${to}`);
  const more = pairs.length > maxShown ? `, and ${pairs.length - maxShown} more` : '';
  return shown.join(', ') + more;
}
