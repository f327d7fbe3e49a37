/** Nodes that can be reached, and what another member of the cluster sees. */

import { execFileSync } from 'node:child_process';
import { startDnsServer } from '../../../support/network/dns-server.ts';
import { eventually } from '../../../support/eventually.ts';
import { dropAnswers } from '../../../support/network/routed-network.ts';
import type { StagedKind } from '../staged-fault.ts';

const lonely = ['-connect_all', 'false'];

export const clusters: StagedKind = {
  kind: 'Clusters, and what other members see',
  faults: [
    {
      staging: 'peers that are not connected with one another',
      code: 'PARTIAL_MESH',
      sentence: 'not all peers of <node> are connected with one another, so global and pg are inconsistent',
      isWarning: true,
      isSample: true,
      stage: async (lab) => {
        const start = (name: string) => lab.cluster.erlang(lab.name(name), { args: lonely });
        const [a, b, c] = [await start('a'), await start('b'), await start('c')];
        for (const other of [b, c]) await a.eval(`net_adm:ping('${other.name}')`);
        return lab.examine(a.name);
      },
    },
    {
      staging: 'a peer with another net_ticktime',
      code: 'NET_TICKTIME',
      sentence:
        'the nodes around <node> have different net tick times, so the one with the shorter disconnects the other',
      isWarning: true,
      isSample: true,
      stage: async (lab) => {
        const a = await lab.cluster.erlang(lab.name('a'));
        const b = await lab.cluster.erlang(lab.name('b'), { args: ['-kernel', 'net_ticktime', '30'] });
        await a.eval(`net_adm:ping('${b.name}')`);
        return lab.examine(a.name);
      },
    },
    {
      staging: 'prevent_overlapping_partitions at work',
      code: 'OVERLAPPING_PARTITIONS',
      sentence:
        '`global` of <node> has disconnected nodes, because others had lost their connections (prevent_overlapping_partitions)',
      isWarning: true,
      isSample: true,
      stage: async (lab) => {
        const start = (name: string) => lab.cluster.erlang(lab.name(name));
        const [a, b, c] = [await start('a'), await start('b'), await start('c')];
        for (const other of [b, c]) await a.eval(`net_adm:ping('${other.name}')`);
        await eventually('a mesh of three', 30_000, async () => (await b.eval('length(nodes())')) === '2');
        // c learns from b that b has lost a, and gives up a itself.
        await b.eval(`erlang:disconnect_node('${a.name}')`);
        await eventually(
          'global to part them',
          30_000,
          async () => (await c.eval('ets:info(global_lost_connections, size)')) !== '0',
        );
        return lab.examine(c.name);
      },
    },
    {
      staging: 'a host with two families of addresses, of which one is dead',
      code: 'DEAD_FAMILY',
      sentence:
        'both.example answers by IPv4 only: nothing answers at <address>, although the name has that address',
      isWarning: true,
      needs: 'namespaces',
      isSample: true,
      stage: async (lab) => {
        const [four, six] = [lab.host(), lab.host(6)];
        dropAnswers6(six.namespace.name);
        await lab.epmdOn(four);
        const name = lab.name();
        await lab.nodeOn({ namespace: four.namespace, address: 'both.example' }, { name });
        const dns = lab.use(await startDnsServer({ 'both.example': [four.address, six.address] }));
        return lab.examineFar(`${name}@both.example`, { dnsServers: [dns.address], timeoutMs: 5000 });
      },
    },
    {
      staging: 'a node on its loopback address only, and a member on its host that can be asked',
      code: 'PORT_LOOPBACK',
      sentence: '<node> listens on the loopback address only, not on <address>',
      needs: 'namespaces',
      isSample: true,
      stage: async (lab) => {
        const host = lab.host();
        await lab.epmdOn(host);
        const { name } = await lab.nodeOn(host, {
          args: ['-kernel', 'inet_dist_use_interface', '{127,0,0,1}'],
        });
        const member = await lab.nodeOn(host);
        return lab.examineFar(name, { members: [member.name] });
      },
    },
    {
      staging: '`-dist_listen false`, and a member that is connected to it',
      code: 'NOT_LISTENING',
      sentence: '<node> runs with `-dist_listen false`: it connects to others, and nothing can connect to it',
      needs: 'namespaces',
      stage: async (lab) => {
        const host = lab.host();
        await lab.epmdOn(host);
        const node = await lab.nodeOn(host, { args: ['-dist_listen', 'false'] });
        const member = await lab.nodeOn(host);
        await node.eval(`net_kernel:connect_node('${member.name}')`);
        return lab.examineFar(node.name, { members: [member.name] });
      },
    },
    {
      staging: 'a firewall before the port of the node, and a member on its host that can be asked',
      code: 'PORT_SILENT',
      sentence:
        'packets to port 41233 of <address>, where <node> should be, get no answer, while the host answers at other ports',
      needs: 'namespaces',
      stage: async (lab) => {
        const host = lab.host();
        await lab.epmdOn(host);
        const args = ['-kernel', 'inet_dist_listen_min', '41233', '-kernel', 'inet_dist_listen_max', '41233'];
        const { name } = await lab.nodeOn(host, { args });
        const member = await lab.nodeOn(host);
        dropAnswers(host.namespace, 41_233);
        return lab.examineFar(name, { members: [member.name], timeoutMs: 2000 });
      },
    },
  ],
};

/** Drops what a host sends by IPv6. */
function dropAnswers6(namespace: string): void {
  execFileSync('ip', ['-6', '-n', namespace, 'rule', 'add', 'pref', '1', 'blackhole']);
}
