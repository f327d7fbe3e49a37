/** `convoy doctor --via` and `convoy ping --via` never disagree: the same function finds the node and checks its owner. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Diagnosis } from '@convoy/cluster/doctor';
import { splitNodeName } from '@convoy/node/names';
import { type ConvoyResult, runConvoy } from '../../support/convoy-command.ts';
import { freePort, missingPeer, startErlangNode, startTestEpmd } from '../../support/erlang/erlang-node.ts';
import { onlyInAll } from '../../support/extent.ts';
import { SshHost } from '../../support/network/ssh-host.ts';
import { missingSshd } from '../../support/network/ssh-server.ts';
import { cookie } from './assert-fault.ts';

interface Case {
  readonly what: string;
  /** Whether the node can be reached. */
  readonly isUp: boolean;
  readonly args?: readonly string[];
  readonly cookie?: string;
  /** Leaves out the part after the `@`. */
  readonly isBare?: boolean;
  /** Uses an EPMD that the login does not know. */
  readonly hasOwnEpmd?: boolean;
  readonly isDown?: boolean;
  readonly isSample?: boolean;
}

const cases: readonly Case[] = [
  { what: 'a node of the EPMD of the login', isUp: true, isSample: true },
  { what: 'the part of its name before the @', isUp: true, isBare: true },
  { what: 'a node that no EPMD knows', isUp: true, args: ['-erl_epmd_port', 'PORT'], isSample: true },
  { what: 'a node with an EPMD that the login does not know', isUp: true, hasOwnEpmd: true },
  { what: 'a node that is down', isUp: false, isDown: true, isSample: true },
  { what: 'a node with another cookie', isUp: false, cookie: 'theirs' },
  { what: 'a node that does not listen', isUp: false, args: ['-dist_listen', 'false'] },
];

describe('through SSH, ping and the doctor agree about', { skip: missingSshd() ?? missingPeer('25') }, () => {
  let host: SshHost;
  let count = 0;

  before(async () => {
    host = await SshHost.start();
    writeFileSync(join(host.near, 'cookie'), cookie, { mode: 0o600 });
  });
  after(() => host?.[Symbol.asyncDispose]());

  const run = (...words: readonly string[]): Promise<ConvoyResult> => {
    const reach = ['--via', `ssh://${host.server.target}`, '--identity', host.server.identityFile];
    const file = ['--cookie-file', join(host.near, 'cookie')];
    return runConvoy([...words, ...reach, ...file], { env: { HOME: host.near, SSH_AUTH_SOCK: '' } });
  };

  for (const one of cases) {
    test(one.what, { skip: one.isSample === true ? false : onlyInAll() }, async () => {
      count += 1;
      const name = `agreed${count}@db1`;
      await using own = one.hasOwnEpmd === true ? await startTestEpmd() : undefined;
      const port = String(await freePort());
      const args = (one.args ?? []).map((word) => word.replace('PORT', port));
      const epmdPort = own?.port ?? host.epmdPort;
      const options = { name, cookie: one.cookie ?? cookie, epmdPort, args };
      await using _node = one.isDown === true ? undefined : await startErlangNode(options);
      const target = one.isBare === true ? splitNodeName(name).name : name;
      const [ping, doctor] = await Promise.all([run('ping', target), run('doctor', target, '--json')]);
      const shown = `${ping.stdout}${ping.stderr}${doctor.stdout}`;
      assert.equal(ping.code === 0, one.isUp, shown);
      assert.deepEqual(
        [(JSON.parse(doctor.stdout) as Diagnosis).ok, doctor.code === 0],
        [one.isUp, one.isUp],
        shown,
      );
    });
  }
});
