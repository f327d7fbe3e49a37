/** The doctor examines nodes through real sshds, and names what is wrong with the way there. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { diagnose, type DiagnoseOptions, type Diagnosis } from '@convoy/cluster/doctor';
import { parseSshTarget, type SshTunnelOptions } from '@convoy/cluster/ssh';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { freePort, missingPeer } from '../../support/erlang/erlang-node.ts';
import { missingSshd, type SshServer, startSshServer } from '../../support/network/ssh-server.ts';
import { assertFault, cookie } from '../doctor/assert-fault.ts';

describe('the doctor through SSH', { skip: missingSshd() ?? missingPeer('25') }, () => {
  const examine = async (
    server: SshServer,
    options: Partial<SshTunnelOptions> = {},
    { node = 'app@db1', ...more }: Partial<DiagnoseOptions> & { readonly node?: string } = {},
  ): Promise<Diagnosis> =>
    diagnose(node, {
      cookie,
      timeoutMs: 3000,
      via: { target: parseSshTarget(server.target), options: { ...server.options, ...options } },
      ...more,
    });

  test('a node behind it', async () => {
    await using cluster = await ErlangCluster.start({ cookie });
    await using peer = await cluster.erlang('app@db1');
    await using server = await startSshServer();
    const diagnosis = await examine(server, {}, { epmdPort: cluster.epmdPort });
    assert.equal(diagnosis.ok, true, JSON.stringify(diagnosis));
    assertFault(
      await examine(server, {}, { epmdPort: cluster.epmdPort, cookie: 'another' }),
      'COOKIE',
      'handshake',
    );
    assert.ok(peer.isRunning);
  });

  test('a host key that has changed', async () => {
    await using server = await startSshServer();
    server.changeHostKey();
    await server.restart();
    assertFault(await examine(server), 'SSH_HOST_KEY_CHANGED', 'ssh');
  });

  test('a refused key', async () => {
    await using server = await startSshServer();
    await using other = await startSshServer();
    assertFault(await examine(server, { identityFiles: [other.identityFile] }), 'SSH_AUTH_REFUSED', 'ssh');
  });

  test('a server that forbids forwarding', async () => {
    await using server = await startSshServer({ config: ['AllowTcpForwarding no'] });
    assertFault(await examine(server), 'SSH_FORWARD_FORBIDDEN', 'epmd');
  });

  test('a host without EPMD', async () => {
    await using server = await startSshServer();
    assertFault(
      await examine(server, {}, { node: 'lonely@db1', epmdPort: await freePort() }),
      'EPMD_DOWN',
      'epmd',
    );
  });
});
