/** Turns what happens to a node into lines on standard error. */

import type { Node } from '@convoy/node';
import { note } from './output.ts';

/** Logs every node that comes and goes. */
export function logNodeEvents(node: Node): void {
  node.onNodeUp((name) => note(`${name} is connected`));
  node.onNodeDown((name, reason) => note(`${name} is gone: ${reason}`));
}
