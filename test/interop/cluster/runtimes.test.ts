/**
 * Erlang and Elixir as people install them on this computer: on the PATH of an interactive shell only, or as shims of a version
 * manager that need the HOME of the user. Their nodes are started all the same.
 */

import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  createLocalProvider,
  createTunnelResolver,
  LocalPrograms,
  type ProviderNodeKind,
} from '@convoy/cluster';
import { openEpmdModuleBridge } from '@convoy/cluster/bridge';
import { startNode } from '@convoy/node';
import { startEpmdServer } from '@convoy/node/epmd';
import { convoyCommand } from '../../support/console/console-process.ts';
import { ErlangCluster } from '../../support/erlang/erlang-cluster.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import {
  missingMise,
  missingShell,
  setUpAsdf,
  setUpHomes,
  setUpMise,
  writeHome,
} from '../../support/erlang/set-up-homes.ts';
import { TcpTunnel } from '../../support/network/tcp-tunnel.ts';

const skip = missingPeer('25', 'elixir');

/** A home folder, and a PATH with every program of this machine except those of Erlang and Elixir. */
class Computer implements Disposable {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'convoy-computer-')));
  readonly home = join(this.folder, 'home');
  readonly path = join(this.folder, 'programs');

  constructor() {
    mkdirSync(this.path);
    mkdirSync(join(this.home, 'otp/bin'), { recursive: true });
    for (const name of ['erl', 'erlc']) symlinkSync(join('/usr/bin', name), join(this.home, 'otp/bin', name));
    const hidden = /^(?:erl|erlc|elixir|elixirc|iex|mix|epmd|escript|convoy)$/;
    for (const name of readdirSync('/usr/bin')) {
      if (!hidden.test(name)) symlinkSync(join('/usr/bin', name), join(this.path, name));
    }
  }

  /** The environment of a console there. No shell of an account is asked. */
  env(shell = '/bin/false', ...before: readonly string[]): NodeJS.ProcessEnv {
    return { HOME: this.home, SHELL: shell, PATH: [...before, this.path].join(':'), LANG: 'C.UTF-8' };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

describe('programs that only an interactive login shell has on its PATH', { skip }, () => {
  for (const setUp of setUpHomes) {
    test(`${setUp.title}: are found, and the answer says how`, { skip: missingShell(setUp) }, async () => {
      using computer = new Computer();
      writeHome(computer.home, setUp);
      const programs = new LocalPrograms(computer.env(setUp.shell));
      const runtime = await programs.runtime('erlang');
      assert.ok(runtime !== undefined && runtime.file.startsWith(computer.home), JSON.stringify(runtime));
      assert.equal(runtime.foundBy, `by an interactive login shell (${setUp.shell})`);
      const [, , erlang] = await programs.capabilities();
      assert.deepEqual(erlang, {
        kind: 'erlang',
        available: true,
        version: 'OTP 25',
        foundBy: runtime.foundBy,
      });
    });
  }

  test('compile the EPMD module of a bridge', async () => {
    using computer = new Computer();
    const [setUp] = setUpHomes;
    assert.ok(setUp !== undefined);
    writeHome(computer.home, setUp);
    await using cluster = await ErlangCluster.start({ cookie: 'cookie-of-the-cluster' });
    const remote = await cluster.erlang('app');
    await using tunnel = new TcpTunnel();
    const env = computer.env(setUp.shell);
    const bridge = await openEpmdModuleBridge(tunnel, { node: remote.name, epmdPort: cluster.epmdPort, env });
    await bridge[Symbol.asyncDispose]();
  });

  test('count only for what PATH itself does not have', async () => {
    using computer = new Computer();
    writeHome(computer.home, { title: '', shell: '/usr/bin/bash', files: { '.bash_profile': 'exit 1\n' } });
    const programs = new LocalPrograms(computer.env('/usr/bin/bash', '/usr/bin'));
    assert.deepEqual(
      (await programs.capabilities()).map(({ available, foundBy }) => [available, foundBy]),
      [
        [true, undefined],
        [true, 'on PATH'],
        [true, 'on PATH'],
      ],
    );
  });
});

interface Launched {
  readonly steps: readonly string[];
  /** The answer of the node to a question, by `os:getenv/1`. */
  getenv(name: string): Promise<string>;
}

/** Launches a node there and asks it. */
async function launch(
  computer: Computer,
  kind: ProviderNodeKind,
  { env, ask }: { readonly env: NodeJS.ProcessEnv; readonly ask: (launched: Launched) => Promise<void> },
): Promise<void> {
  await using epmd = await startEpmdServer({ port: 0 });
  const routes = createTunnelResolver();
  const own = { name: 'watcher@127.0.0.1', cookie: 'the-watchers-own', hidden: true, routes } as const;
  await using watcher = await startNode({ ...own, epmd: 'system', epmdPort: epmd.port });
  const provider = createLocalProvider({
    folder: join(computer.folder, 'nodes'),
    cookie: 'cookie-of-the-cluster',
    epmdPort: epmd.port,
    convoyCommand,
    node: watcher,
    routes,
    ping: (node, { signal }) => watcher.connect(node, { signal }),
    env,
  });
  try {
    const steps: string[] = [];
    const plan = await provider.plan({ kind });
    const { name } = await provider.launch(plan, {
      onStep: ({ state, detail }) => {
        if (state === 'done') steps.push(detail ?? '');
      },
    });
    const getenv = async (variable: string): Promise<string> => {
      const codes = await watcher.rpc(name, 'os', 'getenv', [Array.from(Buffer.from(variable))]);
      return Buffer.from(codes as number[]).toString();
    };
    await ask({ steps, getenv });
  } finally {
    await provider.close();
  }
}

describe('shims of a version manager', { skip }, () => {
  const installed = { erlang: '/usr/lib/erlang', elixir: '/usr/lib/elixir' };

  for (const [title, setUpShims, shims, missing] of [
    ['asdf', setUpAsdf, '.asdf/shims', false],
    ['mise', setUpMise, '.local/share/mise/shims', missingMise()],
  ] as const) {
    for (const kind of ['erlang', 'elixir'] as const) {
      test(`${title}: ${kind} nodes are started by the installed programs`, { skip: missing }, async () => {
        using computer = new Computer();
        setUpShims(computer.home, installed);
        const folder = join(computer.home, shims);
        await launch(computer, kind, {
          env: computer.env('/bin/false', folder),
          ask: async ({ steps, getenv }) => {
            const program = kind === 'erlang' ? 'erl' : 'elixir';
            const file = `/usr/lib/${kind}/bin/${program}`;
            const found = `${file}, found on PATH, through the shim ${join(folder, program)}`;
            assert.ok(
              steps.some((detail) => detail.endsWith(found)),
              steps.join('\n'),
            );
            // The programs that the node runs come from the same installation, with the HOME of the user.
            assert.match(await getenv('PATH'), /(?:^|:)\/usr\/lib\/erlang\/bin:/);
            assert.equal(await getenv('HOME'), computer.home);
          },
        });
      });
    }
  }

  test('asdf, which only an interactive login shell has on its PATH', async () => {
    using computer = new Computer();
    setUpAsdf(computer.home, installed);
    // asdf is somewhere else than usual, which its shims learn from a variable of the shell.
    const bashrc = 'case $- in *i*) ;; *) return ;; esac\nexport PATH="$HOME/.asdf/shims:$PATH"\n';
    writeFileSync(join(computer.home, '.bashrc'), `${bashrc}export ASDF_DATA_DIR="$HOME/.asdf"\n`);
    writeFileSync(join(computer.home, '.bash_profile'), '. "$HOME/.bashrc"\n');
    await launch(computer, 'elixir', {
      env: computer.env('/usr/bin/bash'),
      ask: async ({ steps, getenv }) => {
        assert.match(
          steps.join('\n'),
          /found by an interactive login shell \(\/usr\/bin\/bash\), through the shim/,
        );
        assert.equal(await getenv('ASDF_DATA_DIR'), join(computer.home, '.asdf'));
      },
    });
  });

  test('without a chosen version: the remedy quotes the shim and says what to do', async () => {
    using computer = new Computer();
    setUpAsdf(computer.home, installed);
    rmSync(join(computer.home, '.tool-versions'));
    const shims = join(computer.home, '.asdf/shims');
    const [, elixir, erlang] = await new LocalPrograms(computer.env('/bin/false', shims)).capabilities();
    assert.deepEqual([elixir?.available, erlang?.available], [false, false]);
    assert.match(
      erlang?.remedy ?? '',
      /shims\/erl does not run: No version is set for command erl\. .*asdf set/,
    );
    assert.match(elixir?.remedy ?? '', /shims\/elixir does not run: /);
  });
});
