/**
 * Many hosts on one network of their own, each a namespace, in two halves whose cable can be pulled: two bridges in a
 * namespace apart, joined by one link. IPv4, multicast included, no way to this machine's own network. Needs root and iproute2.
 */

import { execFileSync } from 'node:child_process';
import { Namespace } from './namespaces.ts';

export interface SwitchedHost {
  readonly namespace: Namespace;
  readonly address: string;
  readonly half: 0 | 1;
}

const halves = ['left', 'right'] as const;
const cable = 'cable';

export class SwitchedNetwork implements Disposable {
  readonly hosts: readonly SwitchedHost[];
  readonly #switches = new Namespace();

  /** At most 200 hosts, every second one in either half. */
  constructor(count: number) {
    const hosts: SwitchedHost[] = [];
    this.hosts = hosts;
    try {
      this.#layCable();
      for (let number = 1; number <= count; number += 1) {
        const namespace = new Namespace();
        const host = { namespace, address: `198.18.0.${number}`, half: (number % 2) as 0 | 1 };
        hosts.push(host);
        this.#plugIn(host, number);
      }
      this.#introduce();
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Drops everything between the halves silently. */
  cut(): void {
    this.#ip('link', 'set', cable, 'down');
  }

  heal(): void {
    this.#ip('link', 'set', cable, 'up');
  }

  [Symbol.dispose](): void {
    for (const { namespace } of this.hosts) namespace[Symbol.dispose]();
    this.#switches[Symbol.dispose]();
  }

  #layCable(): void {
    for (const half of halves) {
      // No snooping: multicast is flooded immediately, not only after a membership query.
      this.#ip('link', 'add', half, 'type', 'bridge', 'mcast_snooping', '0');
      this.#ip('link', 'set', half, 'up');
    }
    this.#ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', `${cable}2`);
    this.#ip('link', 'set', cable, 'master', halves[0], 'up');
    this.#ip('link', 'set', `${cable}2`, 'master', halves[1], 'up');
  }

  #plugIn({ namespace, address, half }: SwitchedHost, number: number): void {
    const port = `port${number}`;
    this.#ip('link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace.name);
    this.#ip('link', 'set', port, 'master', halves[half], 'up');
    ip('-n', namespace.name, 'link', 'set', 'eth0', 'address', hardwareAddress(number));
    ip('-n', namespace.name, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    ip('-n', namespace.name, 'link', 'set', 'eth0', 'up');
    // Multicast goes where the default route leads.
    ip('-n', namespace.name, 'route', 'add', 'default', 'dev', 'eth0');
  }

  /**
   * Adds permanent neighbour entries, so that no host has to ask: resolved entries of all namespaces share one table, which drops
   * packets when it holds 1024.
   */
  #introduce(): void {
    const lines = this.hosts.map(
      ({ address }, at) =>
        `neigh replace ${address} lladdr ${hardwareAddress(at + 1)} nud permanent dev eth0\n`,
    );
    for (const [own, { namespace }] of this.hosts.entries()) {
      const input = lines.filter((_, at) => at !== own).join('');
      execFileSync('ip', ['-n', namespace.name, '-batch', '-'], { input, stdio: ['pipe', 'ignore', 'pipe'] });
    }
  }

  #ip(...words: readonly string[]): void {
    ip('-n', this.#switches.name, ...words);
  }
}

function hardwareAddress(number: number): string {
  return `02:00:00:00:00:${number.toString(16).padStart(2, '0')}`;
}

function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}
