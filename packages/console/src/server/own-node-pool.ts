/**
 * The pool of the console's own nodes: one for the local cluster from the start, and one for every further place or cookie,
 * started when it is first needed. All are hidden and isolated and accept no connections; they close with the console.
 */

import { createHash, randomBytes } from 'node:crypto';
import { createTunnelResolver } from '@convoy/cluster';
import { startNode } from '@convoy/node';
import { splitNodeName } from '@convoy/node/names';
import { ConsoleError } from '../errors.ts';
import type { Carrier, OwnNode, OwnNodes } from '../own-nodes.ts';
import { visitorOptions } from './local-node.ts';

/** More than the number of hosts, environments and cookies that a console can use. */
const maxOwnNodes = 64;

/** The console's own nodes. */
export class OwnNodePool implements OwnNodes {
  readonly #local: OwnNode;
  readonly #localCookie: string;
  readonly #epmdPort: number;
  readonly #opened: OwnNode[];
  readonly #byKey = new Map<string, Promise<OwnNode>>();
  /** Salt that distinguishes cookies without storing them or revealing them in a name. */
  readonly #salt = randomBytes(16);
  readonly #listeners = new Set<() => void>();

  constructor(local: OwnNode, { cookie, epmdPort }: { readonly cookie: string; readonly epmdPort: number }) {
    this.#local = local;
    this.#localCookie = cookie;
    this.#epmdPort = epmdPort;
    this.#opened = [local];
    this.#watch(local);
  }

  /** The own node with a route to `target`. */
  of(target: string): OwnNode {
    return this.#opened.find(({ routes }) => routes.has(target)) ?? this.#local;
  }

  /** The own node for a place. */
  forPlace(place: string): Promise<OwnNode> {
    return this.#open(createHash('sha256').update(place).digest('hex'));
  }

  /** The own node for a cookie. */
  forCookie(cookie: string): Promise<OwnNode> {
    if (cookie === this.#localCookie) return Promise.resolve(this.#local);
    return this.#open(createHash('sha256').update(this.#salt).update(cookie).digest('hex'));
  }

  /**
   * A new own node for an attached cluster: one that is just being detached keeps the former. Its name is the same after every
   * restart, so that members get no new atom each time.
   */
  async forCluster(cluster: string, carrier: Carrier): Promise<OwnNode> {
    if (this.#opened.length > maxOwnNodes) throw tooMany();
    return this.#start(createHash('sha256').update(`cluster ${cluster}`).digest('hex'), carrier);
  }

  /** Closes the own node of an attached cluster. */
  async close(own: OwnNode): Promise<void> {
    if (own !== this.#local && this.#opened.includes(own)) await this.#close(own);
  }

  /** Subscribes to lost connections. */
  onNodeDown(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Closes a node without routes. */
  async release(own: OwnNode): Promise<void> {
    if (own === this.#local || own.routes.nodes.length > 0 || !this.#opened.includes(own)) return;
    await this.#close(own);
  }

  /** Closes all but the local node, which belongs to the caller. */
  async closeAll(): Promise<void> {
    await Promise.all(this.#opened.slice(1).map(({ node }) => node.close()));
  }

  async #close(own: OwnNode): Promise<void> {
    this.#opened.splice(this.#opened.indexOf(own), 1);
    for (const [key, opening] of this.#byKey) if ((await opening) === own) this.#byKey.delete(key);
    await own.node.close();
  }

  async #open(key: string): Promise<OwnNode> {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#opened.length > maxOwnNodes) throw tooMany();
    const opening = this.#start(key, {});
    this.#byKey.set(key, opening);
    opening.catch(() => this.#byKey.delete(key));
    return opening;
  }

  async #start(key: string, { epmdPort = this.#epmdPort, ...carrier }: Carrier): Promise<OwnNode> {
    const routes = createTunnelResolver();
    const { name, host } = splitNodeName(this.#local.node.name);
    const options = visitorOptions(`${name}-${key.slice(0, 8)}@${host}`, { routes, epmdPort });
    const node = await startNode({ ...options, ...carrier, epmd: 'none', listen: false });
    const own = { node, routes };
    this.#opened.push(own);
    this.#watch(own);
    return own;
  }

  #watch({ node }: OwnNode): void {
    node.onNodeDown(() => {
      for (const listener of this.#listeners) listener();
    });
  }
}

function tooMany(): ConsoleError {
  return new ConsoleError('CONSOLE_TOO_MANY', `${maxOwnNodes} clusters are connected, which is the limit`, {
    remedy: 'Disconnect a host, close an environment or detach a cluster first.',
  });
}
