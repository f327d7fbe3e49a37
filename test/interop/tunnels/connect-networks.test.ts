/**
 * A whole session in networks where the target can be reached only by SSH over a bastion, with only IPv4 or only IPv6, and
 * several releases: from the login to a shell, across a crash of the target's sshd, until nothing is left.
 */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createTunnelResolver, type LaunchStep } from '@convoy/cluster';
import { type ConnectedNode, connectNodeOn, parseSshTarget, type SshOptions } from '@convoy/cluster/ssh';
import { type Node, startNode } from '@convoy/node';
import { openShell } from '@convoy/shell';
import { missingPeer, type OtpRelease } from '../../support/erlang/erlang-node.ts';
import { findInstallation } from '../../support/erlang/erlang-release.ts';
import { eventually } from '../../support/eventually.ts';
import { onlyInAll, testedReleases } from '../../support/extent.ts';
import { type AddressFamily, BastionNetwork, missingNamespaces } from '../../support/network/namespaces.ts';
import { processesWith } from '../../support/processes.ts';
import { run, waitForScreen, waitForState } from '../../support/erlang/shell-viewer.ts';
import { missingSshd, type SshServer, startSshServer } from '../../support/network/ssh-server.ts';

interface Scene extends AsyncDisposable {
  readonly target: string;
  readonly ssh: SshOptions;
  /** Server of the host behind the bastion. */
  readonly inner: SshServer;
  /** Home folder of the login there, as a path of this machine. */
  readonly home: string;
}

/** A host with only that release of Erlang: for releases other than this machine's, the login is confined to its tree. */
async function makeScene(release: OtpRelease, family: AddressFamily): Promise<Scene> {
  const network = new BastionNetwork({ family });
  const servers: SshServer[] = [];
  const root = findInstallation(release)?.root ?? '';
  const home = mkdtempSync(join(root === '' ? tmpdir() : join(root, 'tmp'), 'convoy-host-'));
  const end = async (): Promise<void> => {
    for (const server of servers) await server[Symbol.asyncDispose]();
    network[Symbol.dispose]();
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const listen = { listen: [network.bastionAddress], namespace: network.bastion.name };
    const bastion = await startSshServer(listen);
    servers.push(bastion);
    const inner = await startSshServer({
      listen: [network.innerAddress],
      namespace: network.inner.name,
      ...(root === '' ? {} : { chroot: root }),
      env: { HOME: home.slice(root.length) },
    });
    servers.push(inner);
    const ssh = {
      ...bastion.options,
      identityFiles: [bastion.identityFile, inner.identityFile],
      knownHostsFiles: [bastion.knownHostsFile, inner.knownHostsFile],
      keepaliveIntervalMs: 500,
      retryFirstMs: 50,
      retryMaxMs: 300,
    };
    return { target: `${bastion.target},${inner.target}`, ssh, inner, home, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

interface Visit extends AsyncDisposable {
  readonly host: ConnectedNode;
  readonly node: Node;
  readonly steps: readonly LaunchStep[];
}

async function connect(scene: Scene): Promise<Visit> {
  const steps: LaunchStep[] = [];
  const nodes: Node[] = [];
  const routes = createTunnelResolver();
  const host = await connectNodeOn(parseSshTarget(scene.target), {
    ssh: scene.ssh,
    start: { graceMs: 20_000 },
    onStep: (step) => step.state !== 'running' && steps.push(step),
    connect: async ({ name, cookie, route }, signal) => {
      routes.add(name, route);
      const own = `visitor_${randomBytes(4).toString('hex')}@far.internal`;
      const node = await startNode({ name: own, cookie, hidden: true, listen: false, epmd: 'none', routes });
      nodes.push(node);
      await node.connect(name, { signal });
      return node;
    },
  });
  const [node] = nodes;
  assert.ok(node !== undefined);
  return {
    host,
    node,
    steps,
    async [Symbol.asyncDispose]() {
      await host.close();
      await node.close();
    },
  };
}

function traces({ home }: Scene): readonly string[] {
  const folder = join(home, '.convoy', 'nodes');
  const running = processesWith(`CONVOY_FOLDER=${home.slice(home.lastIndexOf('/tmp/'))}/`, {
    isPrefix: true,
  });
  return [...(existsSync(folder) ? readdirSync(folder) : []), ...running.map(String)];
}

const skip = missingSshd() ?? missingNamespaces() ?? false;

describe('a host that only SSH over a bastion reaches', { skip }, () => {
  for (const release of testedReleases()) {
    for (const family of [4, 6] as const) {
      const title = `OTP ${release}, ${family === 4 ? 'IPv4' : 'IPv6 only'}`;
      test(
        `${title}: from the login to a shell that outlives its sshd`,
        { skip: family === 4 && release !== '25' ? onlyInAll(missingPeer(release)) : missingPeer(release) },
        async () => {
          await using scene = await makeScene(release, family);
          {
            await using visit = await connect(scene);
            const { host, node, steps } = visit;
            assert.equal(host.report.otpRelease, release);
            assert.deepEqual(
              steps.map(({ name, state }) => [name, state]),
              ['ssh', 'inspect', 'start', 'probe', 'connect', 'prove'].map((name) => [name, 'done']),
            );
            assert.equal(host.proof.node, host.name);
            await using shell = await openShell({ node, target: host.name, kind: 'erl', cols: 90, rows: 24 });
            await waitForState(shell, 'idle');
            await run(shell, 'Kept = 20.');

            await scene.inner.stop();
            await waitForScreen(shell, /was lost; reconnecting\]/);
            await scene.inner.start();
            await waitForScreen(shell, /reconnected to /);
            assert.match(await run(shell, 'Kept * 2 + 2.'), /\n42\n/);
          }
          await eventually('nothing to be left', 30_000, () => traces(scene).length === 0);
        },
      );
    }
  }
});
