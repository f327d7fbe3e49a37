/** Asks a node for its ports and sockets. */

import { atom } from '@convoy/node/etf';
import { askNode, type InspectOptions, readAnswer } from '../asking/ask-node.ts';
import type { Asker } from '../asking/asker.ts';
import { count, needle, oneOf, timeout } from '../asking/options.ts';
import type { InspectAnswer } from '../read/answer.ts';
import { portsBody } from './port-program.ts';
import { type PortList, readPorts } from './read-ports.ts';

/** What the top of a list of ports is. */
export type PortSort = 'queue' | 'input' | 'output';

/** Options of `ports`. `timeoutMs` is 10000 by default. */
export interface PortsOptions extends InspectOptions {
  /** Default `queue`: those with the most bytes that wait to be sent. Sockets do not tell that, and come last. */
  readonly sort?: PortSort | undefined;
  /** Number of ports to list, up to 500. Default 50. */
  readonly limit?: number | undefined;
  /** Only those with this port number at either end: who listens on 4000, and who is connected to it. */
  readonly port?: number | undefined;
  /** Text in the name, in an address (`10.0.0.7:4000`) or in the registered name of the owner. Default: all ports. */
  readonly filter?: string | undefined;
}

/** What to sort by: of a TCP or UDP port, of another port, and of a socket. */
const items = {
  queue: ['send_pend', 'queue_size', 'none'],
  input: ['recv_oct', 'input', 'read_byte'],
  output: ['send_oct', 'output', 'write_byte'],
} as const;

export async function askPorts(
  asker: Asker,
  node: string,
  options: PortsOptions = {},
): Promise<InspectAnswer<PortList>> {
  const limit = count('limit', options.limit, { least: 1, most: 500, otherwise: 50 });
  const [stat, item, counter] = items[oneOf('sort', options.sort, ['queue', 'input', 'output'])];
  const { port } = options;
  const bindings = {
    Counter: atom(counter),
    Item: atom(item),
    Limit: limit,
    Needle: needle(options.filter),
    Stat: atom(stat),
    Wanted: port === undefined ? false : count('port', port, { least: 1, most: 65_535, otherwise: port }),
  };
  const timeoutMs = timeout(options.timeoutMs, 10_000);
  const answer = await askNode(asker, {
    node,
    body: portsBody,
    bindings,
    timeoutMs,
    signal: options.signal,
  });
  return readAnswer(answer, node, (value) => readPorts(value, { node, limit }));
}
