/** The short-lived hidden node by which a command visits another node, and leaves no trace of itself. */

import { randomBytes } from 'node:crypto';
import type { Node } from '@convoy/node';
import { type CookieOptions, findCookie } from './cookie.ts';
import { CliError } from './errors.ts';

/** The options by which commands reach a node. */
export interface ReachOptions extends CookieOptions {
  readonly json?: boolean;
  readonly timeout?: string;
}

/** The host part of a full node name; a bare name is taken to be on this machine. */
export function fullNodeName(name: string): string {
  if (/^[^@\s]+@[^@\s]+$/.test(name)) return name;
  if (/^[^@\s]+$/.test(name)) return `${name}@127.0.0.1`;
  throw new CliError('CLI_BAD_OPTION', `${name} is no node name`, {
    remedy: 'Node names look like app@host.',
  });
}

/** Milliseconds from `--timeout SECONDS`; 10 s when left out. */
export function timeoutOf(options: ReachOptions): number {
  const seconds = Number(options.timeout ?? 10);
  if (Number.isFinite(seconds) && seconds > 0) return seconds * 1000;
  throw new CliError('CLI_BAD_OPTION', `--timeout ${options.timeout} is no number of seconds`);
}

/** Starts the visitor, connects it to `target`, runs `visit` and closes it whatever happens. */
export async function withVisitor<Result>(
  target: string,
  options: ReachOptions,
  visit: (node: Node, target: string) => Promise<Result>,
): Promise<Result> {
  const { startNode } = await import('@convoy/node');
  const peer = fullNodeName(target);
  const host = peer.slice(peer.indexOf('@') + 1);
  const cookie = findCookie(options);
  await using node = await startNode({
    name: `convoy-${randomBytes(4).toString('hex')}@${host.includes('.') || host.includes(':') ? '127.0.0.1' : host}`,
    cookie,
    hidden: true,
    listen: false,
    epmd: 'none',
    ...(host.includes(':') ? { proto: 'inet6' as const } : {}),
  });
  await node.connect(peer, { timeoutMs: timeoutOf(options) });
  return await visit(node, peer);
}
