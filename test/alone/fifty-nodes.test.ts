/**
 * Fifty nodes on one machine, each in its own network namespace, find each other by gossip. Most are Convoy nodes, a few are
 * Erlang nodes that use libcluster's protocol. The network is cut into halves and healed again. Times and costs are printed;
 * CONVOY_MESH_NODES changes the number of nodes.
 */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test, type TestContext } from 'node:test';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { waitForClose } from '../support/child-process.ts';
import { type ErlangNode, freePort, missingPeer, startErlangNode } from '../support/erlang/erlang-node.ts';
import { eventually } from '../support/eventually.ts';
import { startLibcluster } from '../support/erlang/libcluster-peer.ts';
import type { MeshNodeReport, MeshNodeSettings } from '../support/erlang/mesh-node.ts';
import { missingNamespaces } from '../support/network/namespaces.ts';
import { mayTake } from '../support/time-limit.ts';
import { type SwitchedHost, SwitchedNetwork } from '../support/network/switched-network.ts';

const count = Number(process.env['CONVOY_MESH_NODES'] ?? 50);
const erlangCount = Math.min(4, count - 2);
const gossipPort = 45_892;
const tickMs = 6000;
const program = fileURLToPath(new URL('../support/erlang/mesh-node.ts', import.meta.url));

/** A Convoy node in its namespace, and its last report. */
class MeshMember implements AsyncDisposable {
  readonly name: string;
  readonly host: SwitchedHost;
  last: MeshNodeReport = { peers: -1, received: 0, dials: 0, failedDials: 0 };
  readonly #child: ChildProcess;

  constructor(host: SwitchedHost, settings: MeshNodeSettings) {
    this.name = settings.name;
    this.host = host;
    const [file = '', ...args] = host.namespace.command(
      process.execPath,
      '--conditions=@convoy/source',
      program,
    );
    const env = { ...process.env, MESH_NODE: JSON.stringify(settings) };
    this.#child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdout } = this.#child;
    assert.ok(stdout !== null);
    createInterface({ input: stdout }).on('line', (line) => {
      this.last = JSON.parse(line) as MeshNodeReport;
    });
  }

  get osPid(): number {
    return this.#child.pid ?? 0;
  }

  ping(): void {
    this.#child.stdin?.write('ping\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end();
    await waitForClose(this.#child, 300_000);
  }
}

describe('fifty nodes', { skip: missingNamespaces() ?? missingPeer('25') }, () => {
  test('find each other, are separated, and find each other again', async (t) => {
    mayTake(t, { seconds: 120, because: 'fifty processes start, and only ticks detect the cut' });
    using network = new SwitchedNetwork(count);
    await using stack = new AsyncDisposableStack();
    const startedAt = performance.now();
    const cluster = { cookie: randomBytes(12).toString('hex'), distPort: await freePort() };
    const erlang = await startErlangNodes(network.hosts.slice(0, erlangCount), { stack, ...cluster });
    const members = network.hosts.slice(erlangCount).map((host, at) => {
      const name = `ts-${at + 1}@${host.address}`;
      return stack.use(new MeshMember(host, { name, ...cluster, gossipPort, netTickTimeMs: tickMs }));
    });
    const osPids = [...members, ...erlang].map(({ osPid }) => osPid);

    const isUp = ({ last }: MeshMember): boolean => last.peers >= 0;
    await eventually('every process to run', 300_000, () => members.every(isUp));
    const upAt = performance.now();
    await waitForMesh(members, count - 1, 'a full mesh');
    for (const node of erlang) await waitForErlangPeers(node, count - 1);
    const now = performance.now();
    const { udp, tcp } = traffic(osPids);
    const dials = members.reduce((sum, { last }) => sum + last.dials, 0);
    const failed = members.reduce((sum, { last }) => sum + last.failedDials, 0);
    tell(t, `${count} nodes (${erlangCount} of them Erlang's): full mesh of ${edges(count)} connections`);
    tell(
      t,
      `  ${seconds(now - upAt)} from the start of the last one on, ${seconds(now - startedAt)} from that of the first`,
    );
    tell(t, `  ${udp} datagrams, ${tcp} TCP segments, ${dials} dials of ours, ${failed} that failed`);

    const pingedAt = performance.now();
    for (const member of members) member.ping();
    await eventually('every message to arrive', 300_000, () => {
      return members.every(({ last }) => last.received === members.length - 1);
    });
    const messages = members.length * (members.length - 1);
    tell(t, `  everybody to everybody: ${messages} messages in ${seconds(performance.now() - pingedAt)}`);

    network.cut();
    const cutAt = performance.now();
    const sizes = [0, 1].map((half) => network.hosts.filter((host) => host.half === half).length);
    await eventually(
      () => `the halves to part, but ${describePeers(members)}`,
      300_000,
      () => members.every(({ host, last }) => last.peers === (sizes[host.half] ?? 0) - 1),
    );
    tell(t, `  halves of ${sizes.join(' and ')} apart ${seconds(performance.now() - cutAt)} after the cut`);

    network.heal();
    const healedAt = performance.now();
    await waitForMesh(members, count - 1, 'a full mesh again');
    for (const node of erlang) await waitForErlangPeers(node, count - 1);
    tell(t, `  a full mesh again ${seconds(performance.now() - healedAt)} after the cut was healed`);
    assert.ok(members.every(({ last }) => last.peers === count - 1));
  });
});

interface Cluster {
  readonly stack: AsyncDisposableStack;
  readonly cookie: string;
  readonly distPort: number;
}

function startErlangNodes(
  hosts: readonly SwitchedHost[],
  { stack, cookie, distPort }: Cluster,
): Promise<ErlangNode[]> {
  return Promise.all(
    hosts.map(async ({ address, namespace }, at) => {
      const ticks = ['-kernel', 'net_ticktime', String(tickMs / 1000)];
      const node = await startErlangNode({
        name: `erl-${at + 1}@${address}`,
        cookie,
        // Unused: with one port for all nodes, no EPMD is asked.
        epmdPort: await freePort(),
        namespace,
        args: ['-erl_epmd_port', String(distPort), ...ticks],
      });
      stack.use(node);
      await startLibcluster(node, { strategy: 'gossip', port: gossipPort, interval: 2000 });
      return node;
    }),
  );
}

async function waitForMesh(members: readonly MeshMember[], peers: number, what: string): Promise<void> {
  await eventually(
    () => `${what}, but ${describePeers(members)}`,
    300_000,
    () => members.every(({ last }) => last.peers === peers),
  );
}

async function waitForErlangPeers(node: ErlangNode, peers: number): Promise<void> {
  await eventually(`${node.name} to see ${peers}`, 300_000, async () => {
    return (await node.eval('length(nodes()).')) === String(peers);
  });
}

/** How many nodes see how many peers. */
function describePeers(members: readonly MeshMember[]): string {
  const counts = new Map<number, number>();
  for (const { last } of members) counts.set(last.peers, (counts.get(last.peers) ?? 0) + 1);
  return [...counts].map(([peers, nodes]) => `${nodes} see ${peers}`).join(', ');
}

/** The bytes that the networks of these processes have sent. */
function traffic(osPids: readonly number[]): { udp: number; tcp: number } {
  let [udp, tcp] = [0, 0];
  for (const osPid of osPids) {
    const text = readFileSync(`/proc/${osPid}/net/snmp`, 'utf8');
    udp += counter(text, 'Udp', 'OutDatagrams');
    tcp += counter(text, 'Tcp', 'OutSegs');
  }
  return { udp, tcp };
}

function counter(snmp: string, protocol: string, name: string): number {
  const [names = '', values = ''] = snmp.split('\n').filter((line) => line.startsWith(`${protocol}: `));
  return Number(values.split(' ')[names.split(' ').indexOf(name)]);
}

function edges(nodes: number): number {
  return (nodes * (nodes - 1)) / 2;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function tell(t: TestContext, line: string): void {
  t.diagnostic(line);
}
