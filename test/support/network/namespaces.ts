/**
 * Networks for a test, apart from this machine's own: Linux network namespaces with cables (veth pairs) between them, so
 * that a host can be reached through another only. Needs root and iproute2. All names are unique, and what was made is
 * removed by its name; processes in a namespace are stopped by the code that started them.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { userInfo } from 'node:os';

export type AddressFamily = 4 | 6;

/** The two addresses of a cable. */
export interface Cable {
  readonly near: string;
  readonly far: string;
}

/** Why there are no namespaces on this machine; `undefined` when there are. */
export function missingNamespaces(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are a feature of Linux';
  if (userInfo().uid !== 0) return 'network namespaces need root';
  if (spawnSync('ip', ['-V']).status !== 0) return 'iproute2 is not installed: apt-get install iproute2';
  const name = uniqueName();
  const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  if (made.status !== 0) return `this machine makes no network namespaces: ${made.stderr.trim()}`;
  ip('netns', 'del', name);
  return undefined;
}

/** One network, with only loopback until a cable is added. */
export class Namespace implements Disposable {
  readonly name: string = uniqueName();

  constructor() {
    ip('netns', 'add', this.name);
    ip('-n', this.name, 'link', 'set', 'lo', 'up');
  }

  /** The command line that runs a command in this network. */
  command(...words: readonly string[]): string[] {
    return ['ip', 'netns', 'exec', this.name, ...words];
  }

  /** Its cables are removed with it. */
  [Symbol.dispose](): void {
    ip('netns', 'del', this.name);
  }
}

/**
 * Adds a cable; `undefined` for `near` is this machine's own network. Addresses are from an unused range
 * (198.18.0.0/15, or a random unique local prefix), usable immediately.
 */
export function layCable(near: Namespace | undefined, far: Namespace, family: AddressFamily = 4): Cable {
  const link = `cv${randomBytes(5).toString('hex')}`;
  const [nearLink, farLink] = [`${link}a`, `${link}b`];
  const { prefix, ...cable } = family === 4 ? chooseIpv4() : chooseIpv6();
  const inNear = near === undefined ? [] : ['-n', near.name];
  const farSide = ['peer', 'name', farLink, 'netns', far.name];
  ip(...inNear, 'link', 'add', nearLink, 'type', 'veth', ...farSide);
  const sides = [
    { where: inNear, link: nearLink, address: cable.near },
    { where: ['-n', far.name], link: farLink, address: cable.far },
  ];
  for (const { where, link: side, address } of sides) {
    // Without the test for duplicates, which would keep an IPv6 address from being used for a second or two.
    const flags = family === 6 ? ['nodad'] : [];
    ip(...where, 'addr', 'add', `${address}/${prefix}`, 'dev', side, ...flags);
    ip(...where, 'link', 'set', side, 'up');
  }
  return cable;
}

/** A host behind a bastion: this machine reaches the bastion only, the bastion reaches both. */
export class BastionNetwork implements Disposable {
  readonly bastion = new Namespace();
  readonly inner = new Namespace();
  /** The bastion as seen from here. */
  readonly bastionAddress: string;
  /** The inner host as seen from the bastion. */
  readonly innerAddress: string;

  /** `innerFamily` is that of the cable behind the bastion. */
  constructor({ family = 4, innerFamily = family }: BastionNetworkOptions = {}) {
    try {
      this.bastionAddress = layCable(undefined, this.bastion, family).far;
      this.innerAddress = layCable(this.bastion, this.inner, innerFamily).far;
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.inner[Symbol.dispose]();
    this.bastion[Symbol.dispose]();
  }
}

export interface BastionNetworkOptions {
  /** Default 4. */
  readonly family?: AddressFamily;
  /** Default: `family`. */
  readonly innerFamily?: AddressFamily;
}

function chooseIpv4(): Cable & { readonly prefix: number } {
  const base = `198.${18 + randomInt(2)}.${randomInt(256)}`;
  const last = 4 * randomInt(64);
  return { near: `${base}.${last + 1}`, far: `${base}.${last + 2}`, prefix: 30 };
}

function chooseIpv6(): Cable & { readonly prefix: number } {
  const part = (): string => randomInt(0x1000, 0x10000).toString(16);
  const base = `fd${randomBytes(1).toString('hex')}:${part()}:${part()}:${part()}`;
  return { near: `${base}::1`, far: `${base}::2`, prefix: 64 };
}

function uniqueName(): string {
  return `convoy-${process.pid}-${randomBytes(4).toString('hex')}`;
}

function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}
