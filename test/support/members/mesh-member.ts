/**
 * A program for a test: a visible node with one member of a pg group and one global name. It reports what it sees on standard output, one
 * JSON document for each line `state` on standard input; `connect NAME` connects it. It ends with its standard input.
 */

import { createInterface } from 'node:readline';
import { atom, createStaticPortResolver, Pid, startNode } from '@convoy/node';
import { splitNodeName } from '@convoy/node/names';
import { startProcessGroups } from '@convoy/node/pg';

export interface MeshMemberSettings {
  readonly name: string;
  readonly cookie: string;
  readonly distPort: number;
  readonly netTickTimeMs: number;
}

/** Names of nodes, sorted. */
export interface MeshMemberState {
  readonly nodes: readonly string[];
  /** The nodes of the members of the group. */
  readonly members: readonly string[];
  /** The nodes of the processes with global names. */
  readonly names: readonly string[];
}

const settings = JSON.parse(process.env['MESH_MEMBER'] ?? '') as MeshMemberSettings;
const { host } = splitNodeName(settings.name);
await using node = await startNode({
  name: settings.name,
  cookie: settings.cookie,
  listen: { host, port: settings.distPort },
  resolver: createStaticPortResolver({ port: settings.distPort }),
  netTickTimeMs: settings.netTickTimeMs,
});
const groups = await startProcessGroups(node);
const member = node.spawn(async (self) => void (await self.receive({ match: () => false })));
groups.join(atom('members'), member);
await node.global.register(atom(settings.name), member);

function nodesOf(pids: readonly unknown[]): string[] {
  return pids.flatMap((pid) => (pid instanceof Pid ? [pid.node] : [])).sort();
}

const state = (): MeshMemberState => ({
  nodes: node.list().sort(),
  members: nodesOf(groups.members(atom('members'))),
  names: nodesOf(node.global.names().map((name) => node.global.whereis(name))),
});

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [command, name = ''] = line.split(' ');
  if (command === 'state') console.log(JSON.stringify(state()));
  // What came of it is seen in the state.
  else if (command === 'connect') await node.connect(name).catch(() => undefined);
}
process.exit(0);
