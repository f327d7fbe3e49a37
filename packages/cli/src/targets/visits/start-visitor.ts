/**
 * Starts visitors: short-lived hidden nodes with which a command connects to other nodes without leaving a trace. A node on this machine can
 * be visited by the part of its name before the @ alone. EPMD does not report host parts, so 127.0.0.1 is tried first, and a node with
 * another one, such as `app@localhost` or one that was started with `erl -sname app`, answers with its full name.
 */

import { randomBytes } from 'node:crypto';
import { createEpmdResolver, HandshakeError, type Node, type NodeOptions, startNode } from '@convoy/node';
import { splitNodeName } from '@convoy/node/names';
import type { Carrier } from '../../options/carrier-options.ts';

type Routes = NonNullable<NodeOptions['routes']>;

/** How a visitor reaches nodes. */
export interface VisitorParts extends Carrier {
  readonly routes?: Routes;
  /** Port of EPMD. Default: `ERL_EPMD_PORT`, otherwise 4369. */
  readonly epmdPort?: number | undefined;
}

/** Starts a hidden node that does not listen. Its name is long or short like the names of the cluster it connects to. */
export async function startVisitor(host: string, cookie: string, parts: VisitorParts = {}): Promise<Node> {
  const name = `convoy_${randomBytes(6).toString('hex')}@${host}`;
  return startNode({ name, cookie, hidden: true, isolated: true, listen: false, epmd: 'none', ...parts });
}

/** How to connect to a node. */
export interface VisitOptions {
  readonly cookie: string;
  readonly timeoutMs: number;
  /** Whether the host part of the name is only assumed. */
  readonly isHostAssumed: boolean;
  readonly parts: VisitorParts;
}

/** A visitor that is connected to `target`. */
export interface ConnectedVisitor {
  readonly node: Node;
  /** The full name of the visited node, as it calls itself. */
  readonly target: string;
}

/** Starts a visitor and connects it to `name`, or to the node that answers in its place if the host part is only assumed. */
export async function connectVisitor(name: string, options: VisitOptions): Promise<ConnectedVisitor> {
  try {
    return await connectTo(name, options);
  } catch (error) {
    const own = options.isHostAssumed ? ownNameIn(error, name) : undefined;
    if (own === undefined) throw error;
    const routes = routeTo(own, { answeredAs: name, refusal: error, parts: options.parts });
    return connectTo(own, { ...options, parts: { ...options.parts, routes } });
  }
}

async function connectTo(
  target: string,
  { cookie, timeoutMs, parts }: VisitOptions,
): Promise<ConnectedVisitor> {
  const node = await startVisitor(splitNodeName(target).host, cookie, parts);
  try {
    await node.connect(target, { timeoutMs });
    return { node, target };
  } catch (error) {
    await node.close();
    throw error;
  }
}

/** The name of the node that answered, if only its host part differs from that of `name`. */
function ownNameIn(error: unknown, name: string): string | undefined {
  const found = error instanceof HandshakeError ? error.found : undefined;
  return found !== undefined && splitNodeName(found).name === splitNodeName(name).name ? found : undefined;
}

interface Answer {
  readonly answeredAs: string;
  readonly refusal: unknown;
  readonly parts: VisitorParts;
}

/** Leads to where the node answered, and nowhere else: what its host part resolves to may be another machine. */
function routeTo(own: string, { answeredAs, refusal, parts }: Answer): Routes {
  const family = parts.proto === 'inet6' ? 6 : parts.proto === 'inet' ? 4 : 0;
  const resolver = parts.resolver ?? createEpmdResolver({ port: parts.epmdPort, family });
  return {
    async resolve(peer, query) {
      if (peer !== own) return undefined;
      const address = await resolver.resolve(answeredAs, query);
      if (address === undefined) throw refusal;
      return address;
    },
  };
}
