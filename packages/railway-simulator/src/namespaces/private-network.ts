/**
 * The private network of one environment: a switch in its own namespace with a name server, and a namespace for every service,
 * all with unique local IPv6 addresses. It has no route to or from this computer.
 */

import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { etcFolder, ip, namespaceName, removeNamespace } from './iproute.ts';
import { NameServer } from './name-server.ts';
import type { NameFailure } from './zone.ts';

/** The namespace of one service in a private network. */
export interface PrivateHost {
  /** Name of its namespace. */
  readonly namespace: string;
  /** `web.railway.internal` */
  readonly domain: string;
  readonly address: string;
}

const switchName = 'switch';
const switchAddress = '02:00:00:00:00:10';
const interfaceName = 'eth0';
const domain = 'railway.internal';
const firstHost = 0x100;

export class PrivateNetwork {
  /** Name of the namespace with the switch and the name server. */
  readonly namespace: string;
  readonly #prefix: string;
  readonly #nameServer: NameServer;
  readonly #hosts = new Set<PrivateHost>();
  #nextHost = firstHost;

  private constructor(place: { namespace: string; prefix: string }, nameServer: NameServer) {
    this.namespace = place.namespace;
    this.#prefix = place.prefix;
    this.#nameServer = nameServer;
  }

  static async open(): Promise<PrivateNetwork> {
    const namespace = namespaceName();
    const part = (): string => randomInt(0x1000, 0x10000).toString(16);
    const prefix = `fd12:${part()}:${part()}`;
    try {
      await ip('netns', 'add', namespace);
      await ip('-n', namespace, 'link', 'set', 'lo', 'up');
      await ip('-n', namespace, 'link', 'add', switchName, 'type', 'bridge', 'mcast_snooping', '0');
      // Without an address of its own it takes that of a port, and another one when that port is removed: then it cannot be
      // reached for a while.
      await ip('-n', namespace, 'link', 'set', switchName, 'address', switchAddress);
      await ip('-n', namespace, 'link', 'set', switchName, 'up');
      await ip('-n', namespace, 'addr', 'add', `${prefix}::10/64`, 'dev', switchName, 'nodad');
      const nameServer = await NameServer.start(namespace, `${prefix}::10`);
      return new PrivateNetwork({ namespace, prefix }, nameServer);
    } catch (error) {
      await removeNamespace(namespace);
      throw error;
    }
  }

  /** Creates a namespace for a service, with its own address, resolver and name. */
  async attach(service: string): Promise<PrivateHost> {
    const number = this.#nextHost;
    this.#nextHost += 1;
    const namespace = namespaceName();
    const address = `${this.#prefix}::${number.toString(16)}`;
    const host = { namespace, address, domain: `${service}.${domain}` };
    try {
      await ip('netns', 'add', namespace);
      await this.#plugIn(namespace, { address, port: `port${number}` });
      await mkdir(etcFolder(namespace), { recursive: true });
      const resolver = `nameserver ${this.#prefix}::10\noptions timeout:1 attempts:2\n`;
      await writeFile(join(etcFolder(namespace), 'resolv.conf'), resolver);
      await this.#nameServer.set(host.domain, [address]);
    } catch (error) {
      await removeNamespace(namespace);
      throw error;
    }
    this.#hosts.add(host);
    return host;
  }

  /** Removes the namespace of a service, in which no process may be left. */
  async detach(host: PrivateHost): Promise<void> {
    if (!this.#hosts.delete(host)) return;
    await this.#nameServer.delete(host.domain);
    await removeNamespace(host.namespace);
  }

  /** Makes lookups of one name fail, or of all without `name`. `undefined` ends the failure. */
  fail(failure: NameFailure | undefined, name?: string): Promise<void> {
    return this.#nameServer.fail(failure, name);
  }

  async close(): Promise<void> {
    await this.#nameServer.close();
    await Promise.all(
      [this.namespace, ...Array.from(this.#hosts, (host) => host.namespace)].map(removeNamespace),
    );
    this.#hosts.clear();
  }

  async #plugIn(namespace: string, { address, port }: { address: string; port: string }): Promise<void> {
    const peer = ['peer', 'name', interfaceName, 'netns', namespace];
    await ip('-n', this.namespace, 'link', 'add', port, 'type', 'veth', ...peer);
    await ip('-n', this.namespace, 'link', 'set', port, 'master', switchName, 'up');
    await ip('-n', namespace, 'link', 'set', 'lo', 'up');
    // Without duplicate address detection, which would delay the use of the address by a second or two.
    await ip('-n', namespace, 'addr', 'add', `${address}/64`, 'dev', interfaceName, 'nodad');
    await ip('-n', namespace, 'link', 'set', interfaceName, 'up');
  }
}
