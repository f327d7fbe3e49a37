/**
 * The link cookie: a secret that only our node and a node that we started share, for connections between the two. Its digest
 * is useless at any third node, so an impostor at the address of the started node cannot use it elsewhere. It is passed in
 * a 0600 file, named by CONVOY_LINK_FILE, that the started node reads when it boots.
 */

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Node } from '@convoy/node';

/** A link cookie and the node it is shared with. */
export interface NodeLink {
  /** Full name of the node at the other end. */
  readonly peer: string;
  readonly cookie: string;
}

/** The environment variable with the path of the file. */
export const linkVariable = 'CONVOY_LINK_FILE';

/** A fresh link with `peer`. */
export function createLink(peer: string): NodeLink {
  return { peer, cookie: randomBytes(24).toString('hex') };
}

/** The content of the file: the name, then the cookie, one per line. beam-boot.ts reads the same format. */
export function formatLink({ peer, cookie }: NodeLink): string {
  return `${peer}\n${cookie}\n`;
}

/** Reads the file and makes `node` use its cookie with that peer. Throws when the file is missing or malformed. */
export function takeLink(node: Pick<Node, 'setCookie'>, file: string): void {
  const [peer, cookie] = readFileSync(file, 'utf8').split('\n');
  if (peer === undefined || peer === '' || cookie === undefined || cookie === '') {
    throw new Error(`${file} does not contain a node name and a cookie, one per line`);
  }
  node.setCookie(peer, cookie);
}
