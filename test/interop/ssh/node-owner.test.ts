/** Nodes on an SSH host that run as another user, or whose cookie belongs to another user. */

import assert from 'node:assert/strict';
import { chownSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  openSshTunnel,
  parseSshTarget,
  portOwnerCheck,
  readCookie,
  type SshTunnel,
} from '@convoy/cluster/ssh';
import type { HostView } from '@convoy/console/protocol';
import { EpmdClient } from '@convoy/node/epmd';
import { attack } from '../../support/attack.ts';
import { startConsoleProcess } from '../../support/console/console-process.ts';
import { type ConvoyResult, runConvoy } from '../../support/convoy-command.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { eventually } from '../../support/eventually.ts';
import { foreignUser, missingForeignUser, startForeignNode } from '../../support/hostile/foreign-node.ts';
import { SshHost } from '../../support/network/ssh-host.ts';
import { ConsoleClient } from '../../support/console/live-client.ts';
import { missingSshd, type SshServer } from '../../support/network/ssh-server.ts';

const skip = missingPeer('25') || (missingSshd() ?? false) || missingForeignUser;
const cookie = 'cookie-of-the-cluster';

interface Scene extends AsyncDisposable {
  readonly server: SshServer;
  readonly tunnel: SshTunnel;
  /** Home folder of the login, and ours. */
  readonly home: string;
  readonly near: string;
  readonly port: number;
  readonly epmdPort: number;
  /** A cookie file of ours. */
  readonly cookieFile: string;
  output(): string;
  run(...words: string[]): Promise<ConvoyResult>;
}

/** `app@db1` as a node of another user of the host, with the cookie of the cluster. */
async function makeScene(): Promise<Scene> {
  const host = await SshHost.start();
  const { server, near, far: home, epmdPort } = host;
  const node = await startForeignNode({ name: 'app@db1', cookie, epmdPort });
  const tunnel = await openSshTunnel(parseSshTarget(server.target), server.options);
  const cookieFile = join(near, 'cookie');
  writeFileSync(cookieFile, cookie, { mode: 0o600 });
  const reach = ['--via', `ssh://${server.target}`, '--identity', server.identityFile];
  return {
    server,
    tunnel,
    home,
    near,
    port: (await new EpmdClient({ port: epmdPort }).lookup('app'))?.port ?? 0,
    epmdPort,
    cookieFile,
    output: () => node.output(),
    run: (...words) => runConvoy([...words, ...reach], { env: { HOME: near, SSH_AUTH_SOCK: '' } }),
    async [Symbol.asyncDispose]() {
      await tunnel.close();
      await node[Symbol.asyncDispose]();
      await host[Symbol.asyncDispose]();
    },
  };
}

const signal = AbortSignal.timeout(60_000);

describe('a node of an SSH host that another user there runs', { skip }, () => {
  attack(
    'First contact',
    'another user of an SSH host has the port of a node: it is not dialled with a cookie that is not that user’s',
    async () => {
      await using scene = await makeScene();
      const epmd = ['--epmd-port', String(scene.epmdPort)];
      for (const words of [
        ['ping', 'app@db1'],
        ['doctor', 'app@db1', ...epmd],
      ]) {
        const refused = await scene.run(...words, '--cookie-file', scene.cookieFile);
        assert.notEqual(refused.code, 0);
        assert.match(`${refused.stdout}${refused.stderr}`, /belongs to the user nobody[^]*--owner nobody/);
      }
      const check = portOwnerCheck(scene.tunnel);
      await assert.rejects(check('app@db1', scene.port, { signal }), {
        code: 'HOST_WRONG_OWNER',
        message: new RegExp(
          `port ${scene.port} on ssh://\\S+, where app@db1 should be, belongs to the user nobody,`,
        ),
        remedy: /readsCookie/,
        value: foreignUser.name,
      });
      assert.doesNotMatch(scene.output(), /Connection attempt/);
      for (const accept of [[foreignUser.name], [String(foreignUser.id)]]) {
        await portOwnerCheck(scene.tunnel, { accept })('app@db1', scene.port, { signal });
      }
      const { port = 22 } = parseSshTarget(scene.server.target).hops[0] ?? {};
      await check('sshd@db1', port, { signal });
    },
  );

  attack(
    'First contact',
    'a user replaces their cookie file by a link to the cookie of another user: it is not read',
    async () => {
      await using scene = await makeScene();
      const file = join(scene.home, '.erlang.cookie');
      writeFileSync(file, cookie, { mode: 0o600 });
      assert.equal(await readCookie(scene.tunnel), cookie);
      rmSync(file);
      const foreign = join(scene.home, 'foreign');
      writeFileSync(foreign, 'the-cookie-of-another', { mode: 0o600 });
      chownSync(foreign, foreignUser.id, foreignUser.id);
      symlinkSync(foreign, file);
      await assert.rejects(readCookie(scene.tunnel), {
        code: 'HOST_NO_COOKIE',
        message: /\.erlang\.cookie is not owned by the login user/,
      });
    },
  );

  attack(
    'First contact',
    'a node of another user on an SSH host is attached with the console’s own cookie: it is refused before it is dialled',
    async () => {
      await using scene = await makeScene();
      await using convoy = await startConsoleProcess({ env: { HOME: scene.near, SSH_AUTH_SOCK: '' } });
      const client = new ConsoleClient(convoy.url);
      const { json: host } = await client.ask('/api/hosts', { body: { target: scene.server.target } });
      await eventually('the host to be up', 30_000, async () => {
        return ((await client.ask(`/api/hosts/${host.id}`)).json as HostView).state === 'up';
      });
      const body = { node: 'app@db1', cookie: 'console' };
      const refused = await client.ask(`/api/hosts/${host.id}/attach`, { body });
      assert.equal(refused.json.error.code, 'HOST_WRONG_OWNER');
      assert.match(refused.json.error.remedy, /cookie of its owner/);
      assert.deepEqual((await client.ask('/api/nodes')).json, []);
      assert.doesNotMatch(scene.output(), /Connection attempt/);
    },
  );

  it('is reached when its user is named', async () => {
    await using scene = await makeScene();
    const words = ['--cookie-file', scene.cookieFile, '--owner', foreignUser.name];
    const answer = await scene.run('ping', 'app@db1', ...words);
    assert.equal(answer.code, 0, answer.stderr);
  });
});
