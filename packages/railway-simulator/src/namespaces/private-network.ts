/**
 * The private network of one environment: a switch in a namespace of its own with a name server beside it, and a namespace for
 * every service, all of it IPv6 with unique local addresses. No way leads from here to it or back.
 */

import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { etcFolder, ip, namespaceName, removeNamespace } from './iproute.ts';
import { NameServer } from './name-server.ts';
import type { NameFailure } from './zone.ts';

/** A service's own place in it. */
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
  /** Of its switch, in which the name server is. */
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
      // Else it has that of one of its ports, and another one when that is unplugged: then nobody finds it for a while.
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

  /** A namespace with an address, a resolver and a name of its own. */
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

  /** No process may be left in it. */
  async detach(host: PrivateHost): Promise<void> {
    if (!this.#hosts.delete(host)) return;
    await this.#nameServer.delete(host.domain);
    await removeNamespace(host.namespace);
  }

  /** Look-ups of a name, or of all, fail until `undefined` takes that back. */
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
    // Without the test for duplicates, which would keep the address from being used for a second or two.
    await ip('-n', namespace, 'addr', 'add', `${address}/64`, 'dev', interfaceName, 'nodad');
    await ip('-n', namespace, 'link', 'set', interfaceName, 'up');
  }
}
