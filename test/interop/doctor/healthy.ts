/** Nodes and ways with nothing wrong: the doctor must find no fault, and warn of nothing. */

import { execFileSync } from 'node:child_process';
import { createTlsTransport } from '@convoy/node';
import { EpmdClient } from '@convoy/node/epmd';
import { splitNodeName } from '@convoy/node/names';
import { TestAuthority } from '../../support/certificates.ts';
import { ConvoyProcess } from '../../support/convoy-command.ts';
import { eventually } from '../../support/eventually.ts';
import { startDnsServer } from '../../support/network/dns-server.ts';
import { RoutedNetwork } from '../../support/network/routed-network.ts';
import type { Diagnosis } from '@convoy/cluster/doctor';
import { cookie } from './assert-fault.ts';
import type { Lab } from './lab.ts';
import type { StagedFault } from './staged-fault.ts';

export interface HealthyVariant extends Pick<StagedFault, 'isSample' | 'needs'> {
  readonly what: string;
  stage(lab: Lab): Promise<Diagnosis>;
}

/** A mesh of three nodes; returns the first. */
async function mesh(lab: Lab, args: readonly string[] = []): Promise<string> {
  const [a, b, c] = [
    await lab.cluster.erlang(lab.name('a'), { args }),
    await lab.cluster.erlang(lab.name('b'), { args }),
    await lab.cluster.erlang(lab.name('c'), { args }),
  ];
  for (const other of [b, c]) await a.eval(`net_adm:ping('${other.name}')`);
  await eventually('a mesh of three', 30_000, async () => (await b.eval('length(nodes())')) === '2');
  await eventually('a mesh of three', 30_000, async () => (await c.eval('length(nodes())')) === '2');
  return a.name;
}

async function portOf(lab: Lab, node: string): Promise<number> {
  const found = await new EpmdClient({ port: lab.cluster.epmdPort }).lookup(splitNodeName(node).name);
  return found?.port ?? 0;
}

async function ownNode(lab: Lab, name: string, ...words: readonly string[]): Promise<void> {
  const env = { CONVOY_COOKIE: cookie, ERL_EPMD_PORT: String(lab.cluster.epmdPort) };
  const node = lab.use(new ConvoyProcess(['node', '--name', name, ...words], { env, keepsInput: true }));
  await node.waitFor(/is up/);
}

export const healthy: readonly HealthyVariant[] = [
  {
    what: 'a node of this machine',
    isSample: true,
    stage: async (lab) => lab.examine((await lab.cluster.erlang(lab.name())).name),
  },
  {
    what: 'a hidden node',
    stage: async (lab) => lab.examine((await lab.cluster.erlang(lab.name(), { args: ['-hidden'] })).name),
  },
  {
    what: 'a short name',
    stage: async (lab) => lab.examine((await lab.cluster.erlang(`${lab.name()}@localhost`)).name),
  },
  {
    what: 'an IPv6 address for a host part',
    stage: async (lab) =>
      lab.examine(
        (await lab.cluster.erlang(`${lab.name()}@::1`, { args: ['-proto_dist', 'inet6_tcp'] })).name,
      ),
  },
  {
    what: 'a node that listens by IPv6 only, on a host with both families',
    stage: async (lab) => {
      const dns = lab.use(await startDnsServer({ 'both.example': ['127.0.0.1', '::1'] }));
      const args = ['-proto_dist', 'inet6_tcp', '-kernel', 'inet_dist_use_interface', '{0,0,0,0,0,0,0,1}'];
      const { name } = await lab.cluster.erlang(`${lab.name()}@both.example`, { args });
      return lab.examine(name, { dnsServers: [dns.address] });
    },
  },
  {
    what: 'a node that listens by IPv4 only, on a host with both families',
    isSample: true,
    stage: async (lab) => {
      const dns = lab.use(await startDnsServer({ 'both.example': ['127.0.0.1', '::1'] }));
      const { name } = await lab.cluster.erlang(`${lab.name()}@both.example`);
      return lab.examine(name, { dnsServers: [dns.address] });
    },
  },
  {
    what: 'a given port',
    stage: async (lab) => {
      const { name } = await lab.cluster.erlang(lab.name());
      return lab.examine(name, { port: await portOf(lab, name), epmdPort: 1 });
    },
  },
  {
    what: 'a name of our own',
    stage: async (lab) =>
      lab.examine((await lab.cluster.erlang(lab.name())).name, { name: 'doctor@127.0.0.1' }),
  },
  {
    what: 'other members that need not be asked',
    stage: async (lab) => {
      const [node, member] = [await lab.cluster.erlang(lab.name()), await lab.cluster.erlang(lab.name())];
      return lab.examine(node.name, { members: [member.name, 'nobody@127.0.0.1'] });
    },
  },
  { what: 'a mesh of three nodes', isSample: true, stage: async (lab) => lab.examine(await mesh(lab)) },
  {
    what: 'a mesh whose nodes all have the same net_ticktime of 120 s',
    stage: async (lab) => lab.examine(await mesh(lab, ['-kernel', 'net_ticktime', '120'])),
  },
  {
    what: 'a mesh without prevent_overlapping_partitions',
    stage: async (lab) =>
      lab.examine(await mesh(lab, ['-kernel', 'prevent_overlapping_partitions', 'false'])),
  },
  {
    what: 'a mesh in which a node was stopped',
    isSample: true,
    stage: async (lab) => {
      const first = await mesh(lab);
      const last = await lab.cluster.erlang(lab.name('d'));
      await last.eval(`net_adm:ping('${first}')`);
      await eventually('a mesh of four', 30_000, async () => (await last.eval('length(nodes())')) === '3');
      await last[Symbol.asyncDispose]();
      return lab.examine(first);
    },
  },
  {
    what: 'a node with many other names in EPMD',
    stage: async (lab) => {
      const { name } = await lab.cluster.erlang(lab.name());
      for (let count = 0; count < 100; count += 1) await lab.register(`${lab.name('other')}_${count}`, 1);
      return lab.examine(name);
    },
  },
  {
    what: 'a TypeScript node',
    stage: async (lab) => {
      const name = `${lab.name('ts')}@127.0.0.1`;
      await ownNode(lab, name);
      return lab.examine(name);
    },
  },
  {
    what: 'a mesh with a TypeScript node',
    stage: async (lab) => {
      const first = await lab.cluster.erlang(lab.name('a'));
      await ownNode(lab, `${lab.name('ts')}@127.0.0.1`, '--join', first.name);
      await eventually(
        'the two to be connected',
        30_000,
        async () => (await first.eval('length(nodes())')) === '1',
      );
      return lab.examine(first.name);
    },
  },
  {
    what: 'TLS on both sides',
    stage: async (lab) => {
      const authority = lab.use(await TestAuthority.create());
      const certificate = await authority.issue();
      const args = ['-proto_dist', 'inet_tls', ...authority.emulatorArgs(lab.release, { certificate })];
      const { name } = await lab.cluster.erlang(lab.name(), { args });
      const { cert, key } = certificate;
      return lab.examine(name, { transport: createTlsTransport({ ca: authority.ca, cert, key }) });
    },
  },
  {
    what: 'a node of another host',
    needs: 'namespaces',
    isSample: true,
    stage: async (lab) => {
      const host = lab.host();
      await lab.epmdOn(host);
      return lab.examineFar((await lab.nodeOn(host)).name);
    },
  },
  {
    what: 'a node behind a router',
    needs: 'namespaces',
    stage: async (lab) => {
      const network = lab.use(new RoutedNetwork());
      const host = { namespace: network.host, address: network.address };
      await lab.epmdOn(host);
      return lab.examineFar((await lab.nodeOn(host)).name);
    },
  },
  {
    what: 'a network with an MTU of 1280',
    needs: 'namespaces',
    stage: async (lab) => {
      const host = lab.host();
      await lab.epmdOn(host);
      const { name } = await lab.nodeOn(host);
      const links = execFileSync('ip', ['-n', host.namespace.name, '-br', 'link'], { encoding: 'utf8' });
      const link = /^(cv\w+)@/m.exec(links)?.[1] ?? '';
      execFileSync('ip', ['-n', host.namespace.name, 'link', 'set', link, 'mtu', '1280']);
      execFileSync('ip', ['link', 'set', link.replace(/b$/, 'a'), 'mtu', '1280']);
      return lab.examineFar(name);
    },
  },
  {
    what: 'a host that is reached by IPv6',
    needs: 'namespaces',
    stage: async (lab) => {
      const host = lab.host(6);
      await lab.epmdOn(host);
      return lab.examineFar((await lab.nodeOn(host, { args: ['-proto_dist', 'inet6_tcp'] })).name);
    },
  },
  {
    what: 'a node through SSH',
    needs: 'sshd',
    isSample: true,
    stage: async (lab) => {
      const { name } = await lab.cluster.erlang(`${lab.name()}@db1`);
      return lab.examineVia(await lab.sshServer(), name, { epmdPort: lab.cluster.epmdPort });
    },
  },
  {
    what: 'a node through SSH that is registered with an EPMD on another port',
    needs: 'sshd',
    stage: async (lab) => {
      const { name } = await lab.cluster.erlang(`${lab.name()}@db1`);
      const env = { ERL_EPMD_PORT: String(lab.cluster.epmdPort) };
      return lab.examineVia(await lab.sshServer({ env }), name);
    },
  },
];
