/** Commands that dial a node of this machine by its name, while another user of the machine has that name or its port. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { attack } from '../../support/attack.ts';
import { ConvoyProcess, type ConvoyResult, runConvoy } from '../../support/convoy-command.ts';
import { missingPeer, startTestEpmd } from '../../support/erlang/erlang-node.ts';
import { foreignUser, missingForeignUser, startForeignNode } from '../../support/hostile/foreign-node.ts';

const skip = missingPeer('25') || missingForeignUser;
const cookie = 'cookie-of-the-cluster';

interface Scene extends AsyncDisposable {
  /** All output of the other user's node. */
  output(): string;
  readonly env: NodeJS.ProcessEnv;
  run(...words: string[]): Promise<ConvoyResult>;
  /** A cookie file of ours, and one of the other user. */
  readonly ownFile: string;
  readonly othersFile: string;
}

/** `app@127.0.0.1` as a node of another user, with the cookie of the cluster or without. */
async function makeScene(itsCookie = cookie): Promise<Scene> {
  const epmd = await startTestEpmd();
  const node = await startForeignNode({ name: 'app@127.0.0.1', cookie: itsCookie, epmdPort: epmd.port });
  const home = mkdtempSync(join(tmpdir(), 'convoy-near-'));
  const ownFile = join(home, 'cookie');
  writeFileSync(ownFile, cookie, { mode: 0o600 });
  const env = { HOME: home, ERL_EPMD_PORT: String(epmd.port) };
  return {
    output: () => node.output(),
    env,
    run: (...words) => runConvoy(words, { env }),
    ownFile,
    othersFile: node.cookieFile,
    async [Symbol.asyncDispose]() {
      await node[Symbol.asyncDispose]();
      await epmd[Symbol.asyncDispose]();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

describe('a node of this machine that another user runs', { skip }, () => {
  attack(
    'First contact',
    'another user of the machine holds a name in EPMD: ping, rpc, shell, nodes, doctor and node --join send nothing to that user',
    async () => {
      await using scene = await makeScene('no-cookie-of-ours');
      const file = ['--cookie-file', scene.ownFile];
      for (const words of [
        ['ping', 'app@127.0.0.1'],
        ['rpc', 'app@127.0.0.1', 'erlang', 'node'],
        ['shell', 'app@127.0.0.1', '--kind', 'erl'],
      ]) {
        const refused = await scene.run(...words, ...file);
        assert.notEqual(refused.code, 0);
        assert.match(
          refused.stderr,
          /belongs to the user nobody[^]*\[CONNECTION_WRONG_OWNER\][^]*--owner nobody/,
        );
      }
      const nodes = await scene.run('nodes', ...file, '--json');
      assert.equal(JSON.parse(nodes.stdout)[0].problem, 'CONNECTION_WRONG_OWNER');
      const doctor = await scene.run('doctor', 'app@127.0.0.1', ...file, '--json');
      assert.equal(JSON.parse(doctor.stdout).fault.code, 'CONNECTION_WRONG_OWNER');
      const join = ['node', '--name', 'web@127.0.0.1', '--join', 'app@127.0.0.1', ...file];
      await using node = new ConvoyProcess(join, { env: scene.env });
      await node.waitFor(/cannot join app@127\.0\.0\.1[^\n]*belongs to the user nobody/);
      // With a wrong cookie, the OTP node logs the attempt.
      assert.doesNotMatch(scene.output(), /Connection attempt/);
      const allowed = await scene.run('ping', 'app@127.0.0.1', ...file, '--owner', foreignUser.name);
      assert.match(allowed.stderr, /HANDSHAKE_COOKIE_MISMATCH/);
    },
  );

  it('is dialled when its user is named, or when the cookie is that of its user', async () => {
    await using scene = await makeScene();
    for (const words of [
      ['--cookie-file', scene.ownFile, '--owner', foreignUser.name],
      ['--cookie-file', scene.ownFile, '--owner', 'root', '--owner', String(foreignUser.id)],
      ['--cookie-file', scene.othersFile],
    ]) {
      const answer = await scene.run('ping', 'app@127.0.0.1', ...words);
      assert.equal(answer.code, 0, answer.stderr);
    }
    const unknown = await scene.run(
      'ping',
      'app@127.0.0.1',
      '--cookie-file',
      scene.ownFile,
      '--owner',
      'x-x',
    );
    assert.match(unknown.stderr, /has no user of that name[^]*\[CLI_BAD_OPTION\]/);
  });
});
