import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isAlive } from '../../src/is-alive.ts';
import { LoginShell } from '../../src/runtimes/login-shell.ts';
import { eventually } from '../../../../test/support/eventually.ts';

/** A program that is called as a login shell: `-i -l -c COMMAND`. */
class Shell implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'convoy-shell-'));
  readonly file: string;

  constructor(script: string, name = 'shell') {
    this.file = join(this.folder, name);
    writeFileSync(this.file, `#!/bin/sh\ncd ${this.folder}\n${script}\n`, { mode: 0o755 });
  }

  env(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return { PATH: '/usr/bin:/bin', HOME: this.folder, SHELL: this.file, ...more };
  }

  note(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

const answers = 'PATH=/found:$PATH; export PATH; eval "$4"';

describe('the interactive login shell', () => {
  test('is asked for the variables by which programs are found, in a session of its own', async () => {
    using shell = new Shell(
      `echo "$1 $2 $3" > words; env > environment; ASDF_DIR=/asdf; export ASDF_DIR; ${answers}`,
    );
    const answer = await new LoginShell(shell.env({ RAILWAY_TOKEN: 'secret' })).ask();
    assert.deepEqual(answer, {
      kind: 'answered',
      shell: shell.file,
      variables: { PATH: '/found:/usr/bin:/bin', ASDF_DIR: '/asdf' },
    });
    assert.equal(shell.note('words'), '-i -l -c\n');
    assert.doesNotMatch(shell.note('environment'), /secret/);
  });

  test('may print what it likes before and after, and read nothing', async () => {
    using shell = new Shell(
      [
        'i=0; while [ $i -lt 3000 ]; do echo "PATH=/wrong $i and more words to fill the line"; i=$((i + 1)); done',
        'read -r answer || echo nothing > read',
        answers,
        'echo "PATH=/late"',
      ].join('\n'),
    );
    const answer = await new LoginShell(shell.env()).ask();
    assert.equal(answer.kind === 'answered' && answer.variables['PATH'], '/found:/usr/bin:/bin');
    assert.equal(shell.note('read'), 'nothing\n');
  });

  test('may redirect its output', async () => {
    using shell = new Shell(`exec 1>&2; ${answers}`);
    const answer = await new LoginShell(shell.env()).ask();
    assert.equal(answer.kind === 'answered' && answer.variables['PATH'], '/found:/usr/bin:/bin');
  });

  test('is not a dumb terminal, and starts neither an update nor a multiplexer', async () => {
    using shell = new Shell(`echo "$TERM $DISABLE_AUTO_UPDATE $ZSH_TMUX_AUTOSTART" > seen; ${answers}`);
    await new LoginShell(shell.env({ TERM: 'dumb' })).ask();
    assert.equal(shell.note('seen'), 'xterm-256color true false\n');
  });

  test('that does not answer in time is ended with what it started, and is not asked again', async () => {
    using shell = new Shell('echo $$ >> asked; sleep 600 & echo $! > started; sleep 600');
    const login = new LoginShell(shell.env(), 500);
    assert.equal((await login.ask()).kind, 'silent');
    for (const name of ['asked', 'started']) {
      await eventually(
        `the process of ${name} to have ended`,
        10_000,
        () => !isAlive(Number(shell.note(name))),
      );
    }
    assert.equal((await login.ask()).kind, 'silent');
    assert.equal(shell.note('asked').trim().split('\n').length, 1);
  });

  test('that ends early, cannot be run or does not exist gives nothing', async () => {
    using shell = new Shell('exit 3');
    assert.equal((await new LoginShell(shell.env()).ask()).kind, 'failed');
    assert.equal((await new LoginShell({ ...shell.env(), SHELL: '/nowhere/sh' }).ask()).kind, 'failed');
    assert.equal((await new LoginShell({ ...shell.env(), SHELL: '' }).ask()).kind, 'none');
  });

  test('is asked once for several questions at a time', async () => {
    using shell = new Shell(`echo once >> asked; ${answers}`);
    const login = new LoginShell(shell.env());
    const kinds = (await Promise.all([login.ask(), login.ask()])).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['answered', 'answered']);
    assert.equal(shell.note('asked'), 'once\n');
  });

  test('of the C family reads its command, because it is a login shell without other arguments only', async () => {
    using shell = new Shell('echo "$*" > words; PATH=/found:$PATH; export PATH; exec /bin/sh', 'tcsh');
    const answer = await new LoginShell(shell.env()).ask();
    assert.equal(answer.kind === 'answered' && answer.variables['PATH'], '/found:/usr/bin:/bin');
    assert.equal(shell.note('words'), '-l\n');
  });
});
