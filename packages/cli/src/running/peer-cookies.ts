/** The cookies that a node shares with one peer only: from `--peer-cookie-file` and from the environment of a release. */

import type { Node } from '@convoy/node';
import { isFullNodeName } from '@convoy/node/names';
import { CliError } from '../errors.ts';
import { readSecretFile } from '../options/cookie.ts';
import { releasePeerCookies } from '../options/release-environment.ts';

export interface PeerCookieFlags {
  readonly peerCookieFile?: string;
}

/** A peer, and the cookie for connections with it. */
export type PeerCookie = readonly [peer: string, cookie: string];

/**
 * Reads the file and the environment; the file comes last, so it wins. A line of the file is the full name of a peer and its cookie; empty
 * lines and those that start with # are skipped. Throws CLI_BAD_PEER_COOKIES.
 */
export function readPeerCookies({ peerCookieFile }: PeerCookieFlags, env: NodeJS.ProcessEnv): PeerCookie[] {
  const ofRelease = releasePeerCookies(env);
  if (peerCookieFile === undefined) return ofRelease;
  const { text } = readSecretFile(peerCookieFile);
  const lines = text.split(/\r?\n/).map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const filled = lines.filter(({ line }) => line !== '' && !line.startsWith('#'));
  return [...ofRelease, ...filled.map(({ line, number }) => parseLine(line, `${peerCookieFile}:${number}`))];
}

/** Sets them. An error of a cookie names its peer; the cookie is in no message. */
export function setPeerCookies(node: Pick<Node, 'setCookie'>, cookies: readonly PeerCookie[]): void {
  for (const [peer, cookie] of cookies) {
    try {
      node.setCookie(peer, cookie);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw badCookies(`the cookie for ${peer} cannot be used: ${why}`, cause);
    }
  }
}

function parseLine(line: string, place: string): PeerCookie {
  const [, peer, cookie] = /^(\S+)\s+(.+)$/.exec(line) ?? [];
  if (peer === undefined || cookie === undefined || !isFullNodeName(peer))
    throw badCookies(`${place} is not the full name of a node and its cookie`);
  return [peer, cookie];
}

function badCookies(message: string, cause?: unknown): CliError {
  const remedy = 'Write one peer per line into --peer-cookie-file: name@host, a space and the cookie.';
  return new CliError('CLI_BAD_PEER_COOKIES', message, { remedy, cause });
}
