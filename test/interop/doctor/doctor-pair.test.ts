/** The doctor asks a real node about another one, and names what keeps them apart. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { diagnosePair, type Diagnosis } from '@convoy/cluster/doctor';
import { startNode } from '@convoy/node';
import { EpmdClient } from '@convoy/node/epmd';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { type ErlangNode, freePort, missingPeer } from '../../support/erlang/erlang-node.ts';
import { assertFault, cookie } from './assert-fault.ts';

describe('the doctor asks one node about another', { skip: missingPeer('25') }, () => {
  let cluster: ErlangCluster;
  let first: ErlangNode;

  before(async () => {
    cluster = await ErlangCluster.start({ cookie });
    first = await cluster.erlang('first');
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  const examine = async (to: string, cookies: Readonly<Record<string, string>> = {}): Promise<Diagnosis> => {
    const options = {
      hidden: true,
      listen: false,
      epmd: 'none',
      epmdPort: cluster.epmdPort,
      nameForms: 'any',
    } as const;
    await using node = await startNode({ name: 'doctor@127.0.0.1', cookie, ...options });
    for (const [name, own] of Object.entries(cookies)) node.setCookie(name, own);
    return await diagnosePair(first.name, to, { node });
  };

  test('that it reaches, and has it connect', async () => {
    await using second = await cluster.erlang('second');
    const diagnosis = await examine(second.name);
    assert.equal(diagnosis.ok, true, JSON.stringify(diagnosis));
    assert.equal(await first.eval('nodes()'), `['${second.name}']`);
    assert.equal((await examine(second.name)).steps.length, 1, 'connected already');
  });

  test('with another cookie', async () => {
    await using second = await cluster.erlang('other', { cookie: 'theirs' });
    assertFault(await examine(second.name, { [second.name]: 'theirs' }), 'COOKIE', 'cookie');
  });

  test('with a short name', async () => {
    assertFault(await examine('short@host'), 'NAME_FORM', 'name');
  });

  test('whose host it cannot resolve', async () => {
    assertFault(await examine('app@nowhere.invalid'), 'DNS_NO_SUCH_HOST', 'resolve');
  });

  test('that is down, or only registered in EPMD', async () => {
    assertFault(await examine('nobody@127.0.0.1'), 'EPMD_NAME_UNKNOWN', 'epmd');
    const held = await new EpmdClient({ port: cluster.epmdPort }).register({
      name: 'ghost',
      port: await freePort(),
    });
    assertFault(await examine('ghost@127.0.0.1'), 'EPMD_STALE', 'port');
    held.close();
  });

  test('when it cannot be reached itself', async () => {
    const options = { hidden: true, listen: false, epmd: 'none', epmdPort: cluster.epmdPort } as const;
    await using node = await startNode({ name: 'doctor2@127.0.0.1', cookie: 'wrong', ...options });
    assertFault(await diagnosePair(first.name, 'any@127.0.0.1', { node }), 'PEER_UNREACHABLE', 'first');
  });
});
