/**
 * The link cookie: a secret that only two nodes know, ours and one that we started, for the connections between the two.
 * A digest of it proves nothing to any third node, so whatever answers where the started node should be cannot pass it
 * on. It travels in a 0600 file that the started node reads when it boots; the file is named by CONVOY_LINK_FILE.
 */

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Node } from '@convoy/node';

export interface NodeLink {
  /** Full name of the node at the other end. */
  readonly peer: string;
  readonly cookie: string;
}

/** The variable that names the file. */
export const linkVariable = 'CONVOY_LINK_FILE';

/** A fresh link with `peer`. */
export function createLink(peer: string): NodeLink {
  return { peer, cookie: randomBytes(24).toString('hex') };
}

/** The text of the file: the name, then the cookie, each on a line. beam-boot.ts reads the same. */
export function formatLink({ peer, cookie }: NodeLink): string {
  return `${peer}\n${cookie}\n`;
}

/** Reads the file and has `node` use its cookie with that peer. Throws when the file is missing or says something else. */
export function takeLink(node: Pick<Node, 'setCookie'>, file: string): void {
  const [peer, cookie] = readFileSync(file, 'utf8').split('\n');
  if (peer === undefined || peer === '' || cookie === undefined || cookie === '') {
    throw new Error(`${file} does not hold a node name and a cookie`);
  }
  node.setCookie(peer, cookie);
}
