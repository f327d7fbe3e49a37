/**
 * Erlang as people install it on hosts: on the PATH of an interactive shell only, or as shims of a version manager that need the
 * HOME of the user. Nodes are started there all the same.
 */

import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  describeHost,
  type HostError,
  inspectHost,
  openSshTunnel,
  parseSshTarget,
  type SshTunnel,
  startNodeOn,
} from '@convoy/cluster/ssh';
import { isAlive } from '@convoy/cluster';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import {
  missingMise,
  missingShell,
  type SetUpHome,
  setUpAsdf,
  setUpHomes,
  setUpMise,
  writeHome,
} from '../../support/erlang/set-up-homes.ts';
import { eventually } from '../../support/eventually.ts';
import { missingMounts } from '../../support/network/host-names.ts';
import { missingSshd, type SshServer, startSshServer } from '../../support/network/ssh-server.ts';

const skip = missingPeer('25', 'elixir') || (missingSshd() ?? false) || missingMounts();
const otp = '/usr/lib/erlang';

/** An installation of its own, with the files of Debian's. */
function installErlang(folder: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  for (const name of readdirSync(otp)) {
    if (name !== 'bin') symlinkSync(join(otp, name), join(folder, name));
  }
  for (const name of readdirSync(join(otp, 'bin'))) {
    if (name.endsWith('.boot')) copyFileSync(join(otp, 'bin', name), join(folder, 'bin', name));
  }
  const script = readFileSync(join(otp, 'bin/erl'), 'utf8');
  writeFileSync(join(folder, 'bin/erl'), script.replaceAll(`ROOTDIR=${otp}`, `ROOTDIR=${folder}`), {
    mode: 0o755,
  });
}

/** A host with a home folder, where `erl` and `elixir` are hidden unless `hasPrograms`. */
class Host implements AsyncDisposable {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'convoy-host-')));
  readonly home = join(this.folder, 'home');
  readonly #stack = new AsyncDisposableStack();

  constructor() {
    this.#stack.defer(() => rmSync(this.folder, { recursive: true }));
    installErlang(join(this.home, 'otp'));
  }

  /** The login, whose shell is `shell`. */
  async logIn(shell: string, { hasPrograms = false } = {}): Promise<SshTunnel> {
    const server: SshServer = this.#stack.use(
      await startSshServer({
        env: { HOME: this.home, SHELL: shell },
        mounts: [...(hasPrograms ? [] : this.#hidden()), ...this.#account(shell)],
      }),
    );
    return this.#stack.use(await openSshTunnel(parseSshTarget(server.target), server.options));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  #hidden(): { from: string; to: string }[] {
    const [erlang, elixir] = [join(this.folder, 'erlang'), join(this.folder, 'elixir')];
    mkdirSync(erlang);
    mkdirSync(elixir);
    return [
      { from: erlang, to: join(otp, 'bin') },
      { from: elixir, to: '/usr/lib/elixir/bin' },
    ];
  }

  /** The shell of the account runs the commands of SSH. */
  #account(shell: string): { from: string; to: string }[] {
    const file = join(this.folder, 'passwd');
    writeFileSync(
      file,
      `root:x:0:0:root:${this.home}:${shell}\nsshd:x:100:65534::/run/sshd:/usr/sbin/nologin\n`,
    );
    return [{ from: file, to: '/etc/passwd' }];
  }
}

/** Starts a node and stops it again. Resolves with how its program was found. */
async function startAndStop(tunnel: SshTunnel, kind: 'erlang' | 'elixir'): Promise<string> {
  const report = await inspectHost(tunnel, { kinds: [kind] });
  const started = await startNodeOn(tunnel, report, { kind, host: 'db1.internal' });
  await started.stop();
  const { foundBy = '' } = report.runtimes[kind] ?? {};
  if (foundBy !== 'by a login shell') assert.match(describeHost(report), /\), found by /);
  return foundBy;
}

describe('programs that only an interactive login shell of a host has on its PATH', { skip }, () => {
  for (const setUp of setUpHomes) {
    test(
      `${setUp.title}: start nodes, and the report says how they were found`,
      { skip: missingShell(setUp) },
      async () => {
        await using host = new Host();
        writeHome(host.home, setUp);
        const tunnel = await host.logIn(setUp.shell);
        const name = setUp.shell.split('/').at(-1) ?? '';
        const way =
          setUp.isLoginEnough === true ? 'by a login shell' : `by an interactive login shell (${name})`;
        assert.equal(await startAndStop(tunnel, 'erlang'), way);
      },
    );
  }

  test('are looked for in a shell for a limited time only', async () => {
    await using host = new Host();
    const hung: SetUpHome = {
      title: '',
      shell: '/usr/bin/bash',
      files: {
        '.bash_profile':
          'case $- in *i*) echo $$ > "$HOME/asked"; sleep 600 & echo $! >> "$HOME/asked"; wait ;; esac\n',
      },
    };
    writeHome(host.home, hung);
    const tunnel = await host.logIn(hung.shell);
    const report = await inspectHost(tunnel);
    assert.deepEqual(report.shell, { name: 'bash', outcome: 'silent' });
    await assert.rejects(startNodeOn(tunnel, report), (error: HostError) => {
      assert.equal(error.code, 'HOST_NO_RUNTIME');
      assert.match(error.message, /its interactive shell \(bash\) did not answer within 10 s/);
      return true;
    });
    const pids = readFileSync(join(host.home, 'asked'), 'utf8').trim().split('\n').map(Number);
    assert.equal(pids.length, 2);
    for (const pid of pids) await eventually(`process ${pid} to have ended`, 10_000, () => !isAlive(pid));
  });

  test('that are nowhere: the error says where they were looked for', async () => {
    await using host = new Host();
    const tunnel = await host.logIn('/usr/bin/bash');
    await assert.rejects(startAndStop(tunnel, 'erlang'), {
      code: 'HOST_NO_RUNTIME',
      message: /has no erl on the PATH of a login shell, nor of an interactive one \(bash\)/,
    });
  });
});

describe('shims of a version manager on a host', { skip }, () => {
  const installed = { erlang: '/usr/lib/erlang', elixir: '/usr/lib/elixir' };

  for (const [title, setUpShims, shims, missing] of [
    ['asdf', setUpAsdf, '.asdf/shims', false],
    ['mise', setUpMise, '.local/share/mise/shims', missingMise()],
  ] as const) {
    test(`${title}: nodes are started by the installed programs`, { skip: missing }, async () => {
      await using host = new Host();
      setUpShims(host.home, installed);
      writeFileSync(join(host.home, '.profile'), `export PATH="$HOME/${shims}:$PATH"\n`);
      const tunnel = await host.logIn('/usr/bin/bash', { hasPrograms: true });
      for (const kind of ['erlang', 'elixir'] as const) {
        const program = kind === 'erlang' ? 'erl' : 'elixir';
        const shim = join(host.home, shims, program);
        assert.equal(await startAndStop(tunnel, kind), `by a login shell, through the shim ${shim}`);
      }
    });
  }

  test('without a chosen version: the shim is named', async () => {
    await using host = new Host();
    setUpAsdf(host.home, installed);
    rmSync(join(host.home, '.tool-versions'));
    const tunnel = await host.logIn('/usr/bin/bash');
    await assert.rejects(startAndStop(tunnel, 'erlang'), {
      code: 'HOST_NO_RUNTIME',
      message: /has .*\/\.asdf\/shims\/erl, but it does not run: No version is set for command erl/,
    });
  });
});
