/** Commands that dial a node of this machine by its name, while another user of the machine has that name or its port. */

import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { spawn } from 'node:child_process';
import { attack } from '../../support/attack.ts';
import { endProcess, ProcessOutput } from '../../support/child-process.ts';
import { ConvoyProcess, type ConvoyResult, runConvoy } from '../../support/convoy-command.ts';
import { missingPeer, startTestEpmd } from '../../support/erlang/erlang-node.ts';

const noRoot = process.getuid?.() === 0 ? false : 'needs root, to start a node of another user';
const skip = missingPeer('25') || noRoot;
/** `nobody` of Debian. */
const [other, otherName] = [65_534, 'nobody'];
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
  const [home, far] = [
    mkdtempSync(join(tmpdir(), 'convoy-near-')),
    mkdtempSync(join(tmpdir(), 'convoy-far-')),
  ];
  chmodSync(far, 0o711);
  const [ownFile, othersFile] = [join(home, 'cookie'), join(far, '.erlang.cookie')];
  writeFileSync(ownFile, cookie, { mode: 0o600 });
  writeFileSync(othersFile, itsCookie, { mode: 0o400 });
  for (const path of [far, othersFile]) chownSync(path, other, other);
  const args = [
    '-noshell',
    '-name',
    'app@127.0.0.1',
    '-start_epmd',
    'false',
    '-eval',
    'io:put_chars("ready\\n").',
  ];
  const child = spawn('erl', args, {
    uid: other,
    gid: other,
    cwd: far,
    env: { PATH: process.env['PATH'], HOME: far, ERL_EPMD_PORT: String(epmd.port) },
  });
  const output = new ProcessOutput(child, 'the node of another user');
  await output.waitForMatch(/ready/, 30_000);
  const env = { HOME: home, ERL_EPMD_PORT: String(epmd.port) };
  return {
    output: () => output.text,
    env,
    run: (...words) => runConvoy(words, { env }),
    ownFile,
    othersFile,
    async [Symbol.asyncDispose]() {
      await endProcess(child, 'SIGKILL');
      await epmd[Symbol.asyncDispose]();
      for (const folder of [home, far]) rmSync(folder, { recursive: true, force: true });
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
      const allowed = await scene.run('ping', 'app@127.0.0.1', ...file, '--owner', otherName);
      assert.match(allowed.stderr, /HANDSHAKE_COOKIE_MISMATCH/);
    },
  );

  it('is dialled when its user is named, or when the cookie is that of its user', async () => {
    await using scene = await makeScene();
    for (const words of [
      ['--cookie-file', scene.ownFile, '--owner', otherName],
      ['--cookie-file', scene.ownFile, '--owner', 'root', '--owner', String(other)],
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
