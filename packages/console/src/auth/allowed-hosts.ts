/**
 * Which `Host` a request may name, and which `Origin` it may come from. A page of another site that has its own name
 * resolve to our address (DNS rebinding) is found out by the first, a page that just sends requests here by the second.
 * Pure.
 */

export interface ListeningAddress {
  /** Where we were asked to listen, e.g. `127.0.0.1` or `0.0.0.0`. */
  readonly host: string;
  readonly port: number;
  /** More names, with port where it is not the scheme's own: `console.example.com`. */
  readonly extra: readonly string[];
  /** Addresses of this machine, for a console that listens on all of them. */
  readonly machine: readonly string[];
}

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}

/** Every `Host` that means this console, in lower case. */
export function allowedHosts(address: ListeningAddress): ReadonlySet<string> {
  const { host, port, extra, machine } = address;
  const isWildcard = host === '0.0.0.0' || host === '::' || host === '';
  const names = [...loopback, ...(isWildcard ? machine : [host]).map(bracketed)];
  // A browser leaves the port out when it is the scheme's own.
  const withPort = names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
  return new Set([...withPort, ...extra].map((name) => name.toLowerCase()));
}

/** Whether `origin` is the site the request was sent to. `host` must have been checked. */
export function isSameOrigin(origin: string, host: string): boolean {
  const site = origin.toLowerCase();
  return site === `http://${host.toLowerCase()}` || site === `https://${host.toLowerCase()}`;
}
