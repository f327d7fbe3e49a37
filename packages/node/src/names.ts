/**
 * The entry point `@convoy/node/names`: the parts of node names, and the languages of nodes. It imports nothing, so the
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

/** The languages a node can be written in. */
export const nodeKinds: readonly ['typescript', 'elixir', 'erlang'] = ['typescript', 'elixir', 'erlang'];

/** One of `nodeKinds`. */
export type NodeLanguage = (typeof nodeKinds)[number];

/** Whether `text` is one of `nodeKinds`. */
export function isNodeKind(text: string): text is NodeLanguage {
  return (nodeKinds as readonly string[]).includes(text);
}
