/** `convoy doctor --mesh` asks every pair of a cluster from its own side, and its report can be shared. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { diagnoseMesh, type MeshReport } from '@convoy/cluster/doctor';
import { startNode } from '@convoy/node';
import { runConvoy } from '../../support/convoy-command.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, missingPeer } from '../../support/erlang/erlang-node.ts';
import { cookie } from './assert-fault.ts';

const hidden = { hidden: true, listen: false, epmd: 'none' } as const;

describe('the doctor asks every pair', { skip: missingPeer('25') }, () => {
  let cluster: ErlangCluster;
  let nodes: readonly ErlangNode[];

  before(async () => {
    cluster = await ErlangCluster.start({ cookie });
    const args = ['-connect_all', 'false'];
    const start = (name: string): Promise<ErlangNode> => cluster.erlang(name, { args });
    nodes = [await start('anna'), await start('bert'), await start('cleo')];
    for (const other of nodes.slice(1)) await nodes[0]!.eval(`net_adm:ping('${other.name}')`);
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  const examine = async (): Promise<MeshReport> => {
    const { epmdPort } = cluster;
    await using node = await startNode({ name: 'doctor@127.0.0.1', cookie, epmdPort, ...hidden });
    return await diagnoseMesh('anna@127.0.0.1', { node });
  };

  test('and says which are not connected, without connecting them', async () => {
    const report = await examine();
    assert.equal(report.ok, false);
    assert.deepEqual(
      report.members.map(({ name, answers }) => [name, answers]),
      ['anna', 'bert', 'cleo'].map((name) => [`${name}@127.0.0.1`, true]),
    );
    assert.equal(report.pairs.length, 6);
    const missing = report.pairs.filter(({ connected }) => connected === false);
    assert.deepEqual(
      missing.map(({ from, to, diagnosis }) => [from, to, diagnosis?.fault?.code]),
      [
        ['bert@127.0.0.1', 'cleo@127.0.0.1', 'NOT_CONNECTED'],
        ['cleo@127.0.0.1', 'bert@127.0.0.1', 'NOT_CONNECTED'],
      ],
    );
    assert.equal(await nodes[1]!.eval('nodes()'), "['anna@127.0.0.1']");
  });

  test('and a node that no other member knows, without connecting it', async () => {
    const lone = await cluster.erlang('dora', { args: ['-connect_all', 'false'] });
    const { epmdPort } = cluster;
    await using node = await startNode({ name: 'doctor@127.0.0.1', cookie, epmdPort, ...hidden });
    const report = await diagnoseMesh('anna@127.0.0.1', { node, members: [lone.name] });
    const own = report.pairs.filter(({ from }) => from === lone.name);
    assert.deepEqual(
      own.map(({ diagnosis }) => diagnosis?.fault?.code),
      ['NOT_CONNECTED', 'NOT_CONNECTED', 'NOT_CONNECTED'],
    );
    assert.equal(await lone.eval('nodes()'), '[]');
    await lone[Symbol.asyncDispose]();
  });

  test('and names what stands between, as each side sees it', async () => {
    await nodes[2]!.eval("erlang:set_cookie('bert@127.0.0.1', theirs)");
    const report = await examine();
    const codes = report.pairs.flatMap(({ from, to, diagnosis }) =>
      diagnosis === undefined ? [] : [[from, to, diagnosis.fault?.code]],
    );
    assert.deepEqual(codes, [
      ['bert@127.0.0.1', 'cleo@127.0.0.1', 'COOKIE'],
      ['cleo@127.0.0.1', 'bert@127.0.0.1', 'COOKIE'],
    ]);
    assert.doesNotMatch(JSON.stringify(report), /theirs|cookie_of_the_patients/);
  });

  test('the command prints a matrix, and on request no name or address', async () => {
    const env = { CONVOY_COOKIE: cookie, ERL_EPMD_PORT: String(cluster.epmdPort) };
    const shown = await runConvoy(['doctor', 'anna@127.0.0.1', '--mesh'], { env });
    assert.equal(shown.code, 3, shown.stderr);
    assert.match(shown.stdout, /^ +1 +2 +3$\n^ +1 +anna@127\.0\.0\.1 +\. +ok +ok +OTP 25$/m);
    assert.match(shown.stdout, /^ +2 +bert@127\.0\.0\.1 +ok +\. +!1 +OTP 25$/m);
    const shared = await runConvoy(['doctor', 'anna@127.0.0.1', '--mesh', '--no-addresses', '--json'], {
      env,
    });
    const report = JSON.parse(shared.stdout) as MeshReport;
    assert.deepEqual(
      report.members.map(({ name }) => name),
      ['node1@127.0.0.1', 'node2@127.0.0.1', 'node3@127.0.0.1'],
    );
    assert.doesNotMatch(shared.stdout, /anna|bert|cleo/);
  });
});
