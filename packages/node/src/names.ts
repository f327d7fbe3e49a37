/**
 * The door `@convoy/node/names`: the parts of node names, and the kinds of nodes. Pure: it imports nothing, so that the
 * page and the messages of the console use it as well. What makes a name valid is in node/options/node-name.ts.
 */

/** A full node name and its parts. */
export interface NodeName {
  readonly full: string;
  /** Before the `@`. */
  readonly name: string;
  /** After it. */
  readonly host: string;
}

/** The parts of a node name, valid or not. Where there is no `@`, all of it is the name, and the host is empty. */
export function splitNodeName(full: string): NodeName {
  const at = full.indexOf('@');
  return at === -1
    ? { full, name: full, host: '' }
    : { full, name: full.slice(0, at), host: full.slice(at + 1) };
}

/** Whether a host makes a name a long one, as with `-name`: it has a dot, or is an address. */
export function isLongHost(host: string): boolean {
  return /[.:]/.test(host);
}

/** What a node can be written in. */
export const nodeKinds: readonly ['typescript', 'elixir', 'erlang'] = ['typescript', 'elixir', 'erlang'];

export type NodeLanguage = (typeof nodeKinds)[number];

/** Whether `text` is one of `nodeKinds`. */
export function isNodeKind(text: string): text is NodeLanguage {
  return (nodeKinds as readonly string[]).includes(text);
}
