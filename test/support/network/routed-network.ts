/**
 * A host behind a router: two namespaces in a row, reached from this machine. The router can refuse, drop or answer for single
 * ports by its rules of routing, as a firewall does. IPv4. Needs root and iproute2.
 */

import { execFileSync } from 'node:child_process';
import { layCable, Namespace } from './namespaces.ts';

/** What a router does with packets: refuse them by ICMP, or drop them. */
export type RouterRule = 'prohibit' | 'unreachable' | 'blackhole';

export class RoutedNetwork implements Disposable {
  readonly router = new Namespace();
  readonly host = new Namespace();
  /** The host, as seen from this machine. */
  readonly address: string;
  /** This machine, as seen from the host. */
  readonly here: string;
  #rules = 0;

  constructor() {
    try {
      const near = layCable(undefined, this.router);
      const far = layCable(this.router, this.host);
      this.address = far.far;
      this.here = near.near;
      // The route goes with the cable.
      ip('route', 'add', `${far.far}/32`, 'via', near.far);
      ip('-n', this.host.name, 'route', 'add', 'default', 'via', far.near);
      const [command = '', ...words] = this.router.command('sysctl', '-q', 'net.ipv4.ip_forward=1');
      execFileSync(command, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** What the router does with connections to the host: to one port, or to all. */
  refuse(rule: RouterRule, port?: number): void {
    this.#rules += 1;
    const which = port === undefined ? [] : ['ipproto', 'tcp', 'dport', String(port)];
    const preference = ['pref', String(100 + this.#rules)];
    ip('-n', this.router.name, 'rule', 'add', ...preference, 'to', this.address, ...which, rule);
  }

  /** Takes the address away from the host, as if it were off. */
  turnOff(): void {
    turnOff(this.host);
  }

  [Symbol.dispose](): void {
    this.host[Symbol.dispose]();
    this.router[Symbol.dispose]();
  }
}

/** Takes its addresses away from a host, but for loopback: on its network nobody answers for them. */
export function turnOff({ name }: Namespace): void {
  const links = execFileSync('ip', ['-n', name, '-br', 'link'], { encoding: 'utf8' });
  for (const [, link = ''] of links.matchAll(/^(cv\w+)@/gm)) ip('-n', name, 'addr', 'flush', 'dev', link);
}

/** Drops what a host sends from a port, silently: from all of them without one. */
export function dropAnswers({ name }: Namespace, port?: number): void {
  const which = port === undefined ? [] : ['ipproto', 'tcp', 'sport', String(port)];
  ip('-n', name, 'rule', 'add', 'pref', '1', ...which, 'blackhole');
}

function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}
