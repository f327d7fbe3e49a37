/**
 * Decides which `Host` a request may name and which `Origin` it may come from. The first stops pages of sites whose name
 * resolves to our address (DNS rebinding), the second pages of other sites that send requests here. Pure. Loopback names
 * are accepted with any port: `ssh -L 5000:127.0.0.1:4000` and published ports of containers change the port, and no site
 * can be named `localhost` or an address. Pages on other ports of this machine are refused by their origin, which must be
 * exactly the host that the request was sent to.
 */

import { bracketHost } from '@convoy/node/names';
import { ConsoleError } from '../errors.ts';

/** Where the console listens, and its additional names. */
export interface ListeningAddress {
  /** The address to listen on, as configured: `127.0.0.1`, `0.0.0.0`. */
  readonly host: string;
  readonly port: number;
  /** Additional names: `console.example.com` (any port), `console.example.com:8443`, `https://console.example.com`. */
  readonly extra: readonly string[];
  /** Addresses of this machine, for a console that listens on all of them. */
  readonly machine: readonly string[];
}

/** The names and origins that a console accepts. */
export interface HostRules {
  /** Whether a request may have been sent to `host`. */
  isKnown(host: string): boolean;
  /** Whether pages of `origin` belong to the console, whatever host the request names. */
  isOwnOrigin(origin: string): boolean;
}

/** Scheme of a site. */
export type Scheme = 'http' | 'https';

interface AllowedHost {
  readonly name: string;
  readonly port: string | undefined;
  readonly scheme: Scheme | undefined;
}

const loopbackWithAnyPort = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/;
const allowedHost = /^(?:(https?):\/\/)?([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?\/?$/;
const defaultPorts: Readonly<Record<Scheme, string>> = { http: '80', https: '443' };

function parseAllowedHost(text: string): AllowedHost {
  const [match, scheme, name = '', port] = allowedHost.exec(text.trim().toLowerCase()) ?? [];
  const isPort = port === undefined || (Number(port) > 0 && Number(port) < 65_536);
  if (match !== undefined && isPort) return { name, port, scheme: scheme as Scheme | undefined };
  throw new ConsoleError('CONSOLE_BAD_OPTION', `"${text}" is not a valid allowed host`, {
    remedy: 'Set allowedHosts to names, each optionally with a port or scheme: console.example.com.',
  });
}

/** `host` without the default port of the scheme, as browsers write it. */
function withoutDefaultPort(host: string, scheme: Scheme): string {
  const suffix = `:${defaultPorts[scheme]}`;
  return host.endsWith(suffix) ? host.slice(0, -suffix.length) : host;
}

/** Creates the rules of a console. Throws CONSOLE_BAD_OPTION for an additional name that is not valid. */
export function createHostRules(address: ListeningAddress): HostRules {
  const { host, port, extra, machine } = address;
  const isWildcard = host === '0.0.0.0' || host === '::' || host === '';
  const names = (isWildcard ? machine : [host]).map((name) => bracketHost(name).toLowerCase());
  // Browsers omit the default port of the scheme.
  const known = new Set(names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])));
  const withAnyPort = new Set<string>();
  const origins = new Set<string>();
  for (const one of extra.map(parseAllowedHost)) {
    const { name, scheme } = one;
    if (one.port === undefined && scheme === undefined) withAnyPort.add(name);
    else if (scheme === undefined) known.add(`${name}:${one.port}`);
    else {
      const site = withoutDefaultPort(one.port === undefined ? name : `${name}:${one.port}`, scheme);
      known.add(site).add(site === name ? `${name}:${defaultPorts[scheme]}` : site);
      origins.add(`${scheme}://${site}`);
    }
  }
  return {
    isKnown(text) {
      const name = text.toLowerCase();
      const bare = name.replace(/:\d{1,5}$/, '');
      return loopbackWithAnyPort.test(name) || known.has(name) || withAnyPort.has(bare);
    },
    isOwnOrigin: (origin) => origins.has(origin.toLowerCase()),
  };
}

/** Whether `origin` is the site that the request was sent to. `host` must have been checked before. */
export function isSameOrigin(origin: string, host: string, scheme: Scheme): boolean {
  return origin.toLowerCase() === `${scheme}://${withoutDefaultPort(host.toLowerCase(), scheme)}`;
}
