/**
 * Ids of nodes: the full name, preceded by the cluster and a colon if that was attached, because two clusters may have nodes of
 * the same name. Hosts of IPv6 have colons too, but only after the @. Pure.
 */

/** The id of a node: `app@10.0.0.5`, or `prod:app@10.0.0.5` in an attached cluster. */
export function nodeIdOf(name: string, cluster?: string): string {
  return cluster === undefined ? name : `${cluster}:${name}`;
}

/** The full name in an id, and the attached cluster before it. */
export function splitNodeId(id: string): { readonly name: string; readonly cluster: string | undefined } {
  const [, cluster, name] = /^([^@:]+):(.*)$/s.exec(id) ?? [];
  return name === undefined ? { name: id, cluster: undefined } : { name, cluster };
}
