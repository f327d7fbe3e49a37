/** What the page says of ports and sockets: which number is looked for, and what the two ends of one are. Pure but for the view. */

import { signal, type Signal } from '@preact/signals';
import { formatNumber } from '../inside-format.ts';
import type { PortAddress, PortList, PortRow, PortSort } from './part-questions.ts';

/** The orders, with the words of the page. */
export const portSorts: readonly (readonly [PortSort, string])[] = [
  ['queue', 'Longest queue'],
  ['input', 'Most received'],
  ['output', 'Most sent'],
];

export const portView: Signal<{ readonly sort: PortSort; readonly limit: number; readonly filter: string }> =
  signal({ sort: 'queue', limit: 50, filter: '' });

/** The number that was typed: the port, nothing, or why it is not a port number. */
export function wantedPort(text: string): { readonly port?: number; readonly problem?: string } {
  if (text === '') return {};
  const port = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return { port };
  return { problem: `${text} is not a port number. Enter one from 1 to 65535.` };
}

/** `10.0.0.5:4000`, `[::1]:4000`, the path of a Unix socket. */
export function addressText({ host, port }: PortAddress): string {
  if (port === undefined) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Where it leads to, or that others may connect to it. */
export function remoteText({ local, remote, name }: PortRow): string {
  if (remote !== undefined) return addressText(remote);
  if (local === undefined) return '';
  return /udp|dgram/.test(name) ? 'any address' : 'listens';
}

/** `50 of 8,000 ports and sockets`, or how many of them match. */
export function portSummary(
  { total, seen, matching, rows }: PortList,
  { port, filter }: { readonly port: number | undefined; readonly filter: string },
): string {
  const isAll = port === undefined && filter === '';
  const shown = `${formatNumber(rows.length)} of ${formatNumber(isAll ? total : matching)} ports and sockets`;
  const at = port === undefined ? '' : ` with the number ${port} at either end`;
  const match = filter === '' ? '' : ' that match';
  const all = isAll ? '' : `, of ${formatNumber(total)}`;
  const looked = seen < total ? `; ${formatNumber(seen)} were looked at` : '';
  return `${shown}${at}${match}${all}${looked}`;
}
