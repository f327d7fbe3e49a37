/**
 * The entry point `@convoy/node/names`: the parts of node names, addresses as text, and the languages of nodes. It imports nothing, so the
 * console's web page and messages use it too. What makes a name valid is in node/options/node-name.ts.
 */

/** A full node name and its parts. */
export interface NodeName {
  readonly full: string;
  /** The part before the `@`. */
  readonly name: string;
  /** The part after the `@`. */
  readonly host: string;
}

/** Splits a node name, valid or not. Without an `@`, the whole text is the name and the host is empty. */
export function splitNodeName(full: string): NodeName {
  const at = full.indexOf('@');
  return at === -1
    ? { full, name: full, host: '' }
    : { full, name: full.slice(0, at), host: full.slice(at + 1) };
}

/** Whether this host makes a node name a long one, as with `-name`: it has a dot or is an IP address. */
export function isLongHost(host: string): boolean {
  return /[.:]/.test(host);
}

/** Whether `text` has the form of a full node name, `name@host`. Node names are checked in full where they are used. */
export function isFullNodeName(text: string): boolean {
  return /^[^@\s]+@[^@\s]+$/.test(text);
}

/** A host as it stands before a port or in a link: an IPv6 address in brackets. */
export function bracketHost(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatHostPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${bracketHost(host)}:${port}`;
}

/** The languages a node can be written in. */
export const nodeKinds: readonly ['typescript', 'elixir', 'erlang'] = ['typescript', 'elixir', 'erlang'];

/** One of `nodeKinds`. */
export type NodeLanguage = (typeof nodeKinds)[number];

/** Whether `text` is one of `nodeKinds`. */
export function isNodeKind(text: string): text is NodeLanguage {
  return (nodeKinds as readonly string[]).includes(text);
}
