/** Completion in real shells: commands, options, values and the nodes of the running console. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bashScript } from '../../../packages/cli/src/completion/bash-script.ts';
import { launchNode } from '../../support/console/console-api.ts';
import { type ConsoleProcess, startConsoleProcess } from '../../support/console/console-process.ts';
import { runConvoy } from '../../support/convoy-command.ts';
import { convoyLine, missingTerminal, TestTerminal } from '../../support/terminal.ts';

/** A folder with `convoy`, for PATH. */
const folder = mkdtempSync(join(tmpdir(), 'convoy-completion-'));
let convoy: ConsoleProcess;
let node: string;

before(async () => {
  writeFileSync(join(folder, 'convoy'), `#!/bin/sh\nexec ${convoyLine()} "$@"\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'cookie-of-mine'), 'secret');
  convoy = await startConsoleProcess();
  node = await launchNode(convoy, 'typescript');
});

after(async () => {
  await convoy[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: `${folder}:${process.env['PATH']}`,
    CONVOY_DATA_DIR: convoy.dataDir,
    HOME: folder,
    XDG_CONFIG_HOME: folder,
    XDG_DATA_HOME: folder,
    PS1: '$ ',
    INPUTRC: '/dev/null',
  };
}

function missing(shell: string): string | false {
  return spawnSync(shell, ['--version']).status === 0 ? false : `no ${shell}: apt-get install ${shell}`;
}

/** What is typed, and what the line is after Tab. `NODE` is the name of the node. */
const lines: readonly (readonly [typed: string, completed: string])[] = [
  ['convoy sto', 'convoy stop'],
  ['convoy help disc', 'convoy help disconnect'],
  ['convoy logs --fol', 'convoy logs --follow'],
  ['convoy launch typ', 'convoy launch typescript'],
  ['convoy launch ts --provider rail', 'convoy launch ts --provider railway'],
  ['convoy stop ts', 'convoy stop NODE'],
  ['convoy stop ts-1@127', 'convoy stop NODE'],
  ['convoy stop --json ts', 'convoy stop --json NODE'],
  ['convoy join ts-1@127.0.0.1 ts', 'convoy join ts-1@127.0.0.1 NODE'],
  ['convoy ps --sort que', 'convoy ps --sort queue'],
  ['convoy tree ts', 'convoy tree NODE'],
  ['convoy clusters rec', 'convoy clusters reconnect'],
  ['convoy clusters set lo', 'convoy clusters set local'],
  ['convoy clusters set local --color vio', 'convoy clusters set local --color violet'],
  ['convoy list --cluster lo', 'convoy list --cluster local'],
  ['convoy clusters import cookie-of', 'convoy clusters import cookie-of-mine'],
  ['convoy restore cookie-of', 'convoy restore cookie-of-mine'],
  ['convoy ping --cookie-file cookie-of', 'convoy ping --cookie-file cookie-of-mine'],
];

/** Types each line and Tab, then has the shell print the line in place of running it. */
async function completeIn(terminal: TestTerminal): Promise<void> {
  for (const [index, [typed, completed]] of lines.entries()) {
    // Ctrl-A: the start of the line. The quote keeps `echo` from seeing options.
    terminal.type(`${typed}\t`);
    terminal.type(`\u0001echo "line ${index}:" \r`);
    const expected = `line ${index}: ${completed.replace('NODE', node)}`;
    await terminal.waitFor(new RegExp(`^${expected.replaceAll('.', '\\.')} *\r?$`, 'm'));
  }
}

describe('completion', { skip: missingTerminal }, () => {
  test('in bash, without the package bash-completion', { skip: missing('bash') }, async () => {
    await using terminal = new TestTerminal(`cd ${folder} && exec bash --noprofile --norc -i`, environment());
    terminal.type('source <(convoy completion bash); echo loa""ded\r');
    await terminal.waitFor(/loaded/);
    await completeIn(terminal);
  });

  test('in zsh', { skip: missing('zsh') }, async () => {
    await using terminal = new TestTerminal(`cd ${folder} && exec zsh -f -i`, environment());
    terminal.type(
      'bindkey -e; autoload -U compinit; compinit -u -D; source <(convoy completion zsh); echo loa""ded\r',
    );
    await terminal.waitFor(/loaded/);
    await completeIn(terminal);
  });

  test('in fish', { skip: missing('fish') }, () => {
    const script = lines.map(([typed], index) => `echo "line ${index}"; complete -C "${typed}"`).join('; ');
    const words = ['--no-config', '-c', `convoy completion fish | source; ${script}`];
    const env = { ...process.env, ...environment() };
    const { stdout, stderr } = spawnSync('fish', words, { encoding: 'utf8', env, cwd: folder });
    const answers = stdout.split(/^line \d+\n/m).slice(1);
    const last = lines.map(([, completed]) => completed.replace('NODE', node).split(' ').at(-1));
    assert.deepEqual(
      answers.map((answer) => answer.split('\n', 1)[0]?.split('\t', 1)[0]),
      last,
      stderr,
    );
  });
});

test('bash replaces only the part of an id that it takes for a word', { skip: missing('bash') }, () => {
  const script = `
    convoy() { printf 'prod:app@10.0.0.5\t\nprod:app@::1\t\n:4\n'; }
    complete_line() { COMP_LINE=$1 COMP_POINT=\${#1} COMP_CWORD=$(($# - 2)); shift; COMP_WORDS=("$@"); _convoy; echo "\${COMPREPLY[*]}"; }
    complete_line 'convoy stop pr' convoy stop pr
    complete_line 'convoy stop prod:ap' convoy stop prod : ap
    complete_line 'convoy stop prod:app@' convoy stop prod : app @
    complete_line 'convoy stop prod:app@:' convoy stop prod : app @ :`;
  const { stdout } = spawnSync('bash', ['--norc', '-c', `${bashScript}${script}`], { encoding: 'utf8' });
  assert.deepEqual(stdout.trimEnd().split('\n'), [
    'prod:app@10.0.0.5 prod:app@::1',
    'app@10.0.0.5 app@::1',
    '@10.0.0.5 @::1',
    'prod:app@10.0.0.5 :1',
  ]);
});

test('without a console there are no nodes, and another shell is refused', async () => {
  const env = { HOME: folder };
  assert.deepEqual((await runConvoy(['complete', '--', 'stop', ''], { env })).stdout, ':4\n');
  const { code, stderr } = await runConvoy(['completion', 'csh'], { env });
  assert.deepEqual([code, /bash, zsh, fish/.test(stderr)], [2, true]);
});
