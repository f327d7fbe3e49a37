/**
 * What OTP will do when two nodes of a mesh are disconnected. With `prevent_overlapping_partitions`, each of the two reports the loss
 * to the mesh, reports are passed on, and every node that hears of one disconnects from the node that was lost. So both can end up
 * alone although one connection was meant, or only one of them: a node that the others have left is no longer heard. Pure.
 */

/** A node of the mesh that `global` keeps. */
export interface MeshMember {
  readonly name: string;
  /** Visible nodes that it is connected to. */
  readonly peers: readonly string[];
  /** Whether it prevents overlapping partitions: the default from OTP 25 on, in a mesh that `global` completes. */
  readonly isPreventing: boolean;
  /** Whether it has said so itself. Otherwise it is assumed to prevent them. */
  readonly isCertain: boolean;
}

/** Two connected nodes, in the order of their names. */
export type MeshLink = readonly [string, string];

/** What will happen when two nodes are disconnected. */
export interface DisconnectForecast {
  /** The connections that will be lost at the worst, the one that is asked for first; empty if the two are not connected. */
  readonly lost: readonly MeshLink[];
  /** Which of the two lose more than that connection, and what they stay connected to, at the worst. */
  readonly leaving: readonly { readonly name: string; readonly keeps: readonly string[] }[];
  /** Whether one of the two may keep its connections, because both report the other: the first report that arrives decides. */
  readonly isRace: boolean;
  /** Whether all nodes have said how they are set up. */
  readonly isCertain: boolean;
  /** The same in a sentence. */
  readonly summary: string;
}

/** The connections of a mesh, each way. */
type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** What will happen when `one` and `other` are disconnected, on either side. */
export function forecastDisconnect(
  members: readonly MeshMember[],
  one: string,
  other: string,
): DisconnectForecast {
  const graph = graphOf(members);
  const isCertain = members.every((member) => member.isCertain);
  if (graph.get(one)?.has(other) !== true) {
    const summary = `${one} and ${other} are not connected.`;
    return { lost: [], leaving: [], isRace: false, isCertain, summary };
  }
  const isPreventing = preventingNames(members);
  const lost = new Map([[keyOf(one, other), linkOf(one, other)]]);
  for (const [reporter, reported] of [
    [one, other],
    [other, one],
  ] as const) {
    if (!isPreventing.has(reporter)) continue;
    for (const name of reached(graph, reporter, { reported, isPreventing })) {
      const acts = isPreventing.has(name) && graph.get(name)?.has(reported) === true;
      if (acts) lost.set(keyOf(name, reported), linkOf(name, reported));
    }
  }
  const links = [...lost.values()];
  const leaving = [one, other].flatMap((name) => {
    const gone = links.filter((link) => link.includes(name));
    const keeps = [...(graph.get(name) ?? [])].filter((peer) => !lost.has(keyOf(name, peer))).sort();
    return gone.length > 1 ? [{ name, keeps }] : [];
  });
  const isRace = leaving.length > 1;
  return { lost: links, leaving, isRace, isCertain, summary: summaryOf({ one, other, leaving }) };
}

/** Pairs of members that are not connected. */
export function missingLinks(members: readonly MeshMember[]): MeshLink[] {
  const graph = graphOf(members);
  const names = members.map(({ name }) => name).sort();
  return names.flatMap((name, index) =>
    names
      .slice(index + 1)
      .filter((other) => graph.get(name)?.has(other) !== true)
      .map((other): MeshLink => [name, other]),
  );
}

/** The nodes that hear of a loss: the peers of the reporter, and the peers of those that pass reports on. */
function reached(
  graph: Graph,
  reporter: string,
  { reported, isPreventing }: { readonly reported: string; readonly isPreventing: ReadonlySet<string> },
): Set<string> {
  const heard = new Set<string>();
  const telling = [reporter];
  for (let teller = telling.pop(); teller !== undefined; teller = telling.pop()) {
    for (const name of graph.get(teller) ?? []) {
      const isEnd = name === reporter || name === reported;
      if (isEnd || heard.has(name)) continue;
      heard.add(name);
      if (isPreventing.has(name)) telling.push(name);
    }
  }
  return heard;
}

function preventingNames(members: readonly MeshMember[]): Set<string> {
  return new Set(members.filter((member) => member.isPreventing).map(({ name }) => name));
}

/** Only members; a connection that one side reports counts. */
function graphOf(members: readonly MeshMember[]): Graph {
  const graph = new Map(members.map(({ name }) => [name, new Set<string>()]));
  for (const { name, peers } of members) {
    for (const peer of peers) {
      if (peer === name || !graph.has(peer)) continue;
      graph.get(name)?.add(peer);
      graph.get(peer)?.add(name);
    }
  }
  return graph;
}

function linkOf(one: string, other: string): MeshLink {
  return one < other ? [one, other] : [other, one];
}

function keyOf(one: string, other: string): string {
  return linkOf(one, other).join(' ');
}

function summaryOf({
  one,
  other,
  leaving,
}: {
  readonly one: string;
  readonly other: string;
  readonly leaving: DisconnectForecast['leaving'];
}): string {
  const first = `${one} and ${other} lose their connection`;
  if (leaving.length === 0) return `${first}, and nothing else changes.`;
  const fates = leaving.map(({ name, keeps }) =>
    keeps.length === 0 ? `${name} will be alone` : `${name} will be connected to ${keeps.join(', ')} only`,
  );
  if (fates.length > 1) {
    const why = 'to prevent overlapping partitions';
    return `${first}, and then the others disconnect from one of the two or from both, ${why}. At the worst, ${fates.join(' and ')}.`;
  }
  return `${first}, and then the others disconnect to prevent overlapping partitions: ${fates.join('; ')}.`;
}
