/**
 * The proxies that are trusted to say where a request came from: addresses and networks, by default none.
 * `X-Forwarded-For`, `-Proto` and `-Host` are read only from their connections. RFC 7239's `Forwarded` is never read:
 * proxies that write `X-Forwarded-*` forward a `Forwarded` header that the client made up, so reading both would let
 * clients choose. Pure.
 */

import { BlockList, isIP } from 'node:net';
import { ConsoleError } from '../errors.ts';
import type { Scheme } from './allowed-hosts.ts';

/** Request headers as Node.js provides them; repeated headers are joined by commas. */
export type ForwardedHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Where a request came from and what it was sent to, from trusted sources only. */
export interface Arrival {
  /** Address of the client, or of the proxy if it does not report one. */
  readonly address: string;
  readonly scheme: Scheme;
  /** The `Host` that the browser sent to a trusted proxy, if the proxy forwards it. */
  readonly forwardedHost: string | undefined;
}

/** Normalizes an IPv4 address that a dual-stack socket reports as an IPv6 one. */
export function plainAddress(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  return mapped ?? address;
}

/**
 * The key under which requests are counted: an IPv4 address, or the /64 network of an IPv6 address, because anyone with
 * IPv6 can use any number of addresses in their network.
 */
export function countedAs(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail] = plain.replace(/%.*$/, '').split('::');
  const groups = head.split(':').filter((group) => group !== '');
  // `::` extends into the first half if fewer than four groups precede it.
  const behind = (tail ?? '').split(':').filter((group) => group !== '');
  const zeros = tail === undefined ? 0 : 8 - groups.length - behind.length;
  const all = [...groups, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...behind];
  const network = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}

/** The address in a form that proxies write: `203.0.113.7`, `203.0.113.7:4711`, `[2001:db8::1]:4711`. `undefined` for anything else. */
function addressOf(text: string): string | undefined {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) === 0 ? undefined : plainAddress(bare);
}

function listOf(value: string | string[] | undefined): string[] {
  const text = Array.isArray(value) ? value.join(',') : (value ?? '');
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The entry written by the same proxy that wrote the client's address. For a shorter list, the first entry. */
function entryAt(value: string | string[] | undefined, hopsFromRight: number): string | undefined {
  const list = listOf(value);
  return list[Math.max(0, list.length - 1 - hopsFromRight)];
}

/** The proxies that a console trusts. */
export class TrustedProxies {
  readonly #list = new BlockList();

  /** Throws CONSOLE_BAD_OPTION for a text that is neither an address nor a network. */
  constructor(proxies: readonly string[] = []) {
    for (const proxy of proxies) this.#add(proxy.trim());
  }

  /** Determines the origin of a request from `peer`. The headers of a peer that is not trusted are ignored. */
  arrivalOf(peer: string, headers: ForwardedHeaders): Arrival {
    const direct = plainAddress(peer);
    if (!this.#isTrusted(direct)) return { address: direct, scheme: 'http', forwardedHost: undefined };
    const { address, hops } = this.#clientOf(direct, listOf(headers['x-forwarded-for']));
    const scheme = entryAt(headers['x-forwarded-proto'], hops)?.toLowerCase();
    return {
      address,
      scheme: scheme === 'https' || scheme === 'wss' ? 'https' : 'http',
      forwardedHost: entryAt(headers['x-forwarded-host'], hops),
    };
  }

  /**
   * Searches from the right, because each proxy appends the address of its client: the client is the first address that is
   * not a trusted proxy. Entries further left were written by the client itself.
   */
  #clientOf(direct: string, forwardedFor: readonly string[]): { address: string; hops: number } {
    let address = direct;
    let hops = 0;
    for (const text of forwardedFor.toReversed()) {
      const next = addressOf(text);
      if (next === undefined) break;
      address = next;
      if (!this.#isTrusted(next)) break;
      hops += 1;
    }
    return { address, hops };
  }

  #isTrusted(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#list.check(address, family === 4 ? 'ipv4' : 'ipv6');
  }

  #add(text: string): void {
    const [address = '', prefix, ...rest] = text.split('/');
    const family = isIP(address);
    const bits = prefix === undefined ? undefined : Number(/^\d{1,3}$/.exec(prefix)?.[0]);
    const isNetwork = bits === undefined || bits <= (family === 4 ? 32 : 128);
    if (family === 0 || rest.length > 0 || !isNetwork) {
      throw new ConsoleError('CONSOLE_BAD_OPTION', `"${text}" is not an address or a network`, {
        remedy: 'Set trustedProxies to the address the proxy connects from, e.g. 127.0.0.1 or 10.0.0.0/8.',
      });
    }
    const type = family === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) this.#list.addAddress(address, type);
    else this.#list.addSubnet(address, bits, type);
  }
}
