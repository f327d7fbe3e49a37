import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { LocalPrograms, remedyFor } from '../../../src/platforms/local/local-programs.ts';
import { findProgram } from '../../../src/runtimes/find-program.ts';

test('tells how to install what is not on PATH', async () => {
  const capabilities = await new LocalPrograms({ PATH: '/nowhere', SHELL: '/bin/false' }).capabilities();
  assert.deepEqual(
    capabilities.map(({ kind, available }) => [kind, available]),
    [
      ['typescript', true],
      ['elixir', false],
      ['erlang', false],
    ],
  );
  assert.match(capabilities[1]?.remedy ?? '', /elixir/);
  assert.match(remedyFor('erl', 'linux'), /apt-get install erlang-base/);
  assert.match(remedyFor('elixir', 'darwin'), /brew install elixir/);
});

test('says that an interactive login shell did not answer, and what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-shell-'));
  try {
    const shell = join(folder, 'shell');
    writeFileSync(shell, '#!/bin/sh\nexec /bin/sleep 600\n', { mode: 0o755 });
    const programs = new LocalPrograms({ PATH: '/nowhere', SHELL: shell }, { shellTimeoutMs: 50 });
    const [, elixir] = await programs.capabilities();
    assert.match(
      elixir?.remedy ?? '',
      /did not answer in time: check its startup files, then restart Convoy\./,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a shell that starts another program instead of answering may have what is missing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-shell-'));
  try {
    const shell = join(folder, 'shell');
    // As a .bashrc that ends in `exec fish`, which reads the end of its input and exits.
    writeFileSync(shell, '#!/bin/sh\nexec /bin/cat\n', { mode: 0o755 });
    const [, elixir, erlang] = await new LocalPrograms({ PATH: '/nowhere', SHELL: shell }).capabilities();
    const advice =
      /ended without an answer: its startup files may start another program\. If it is installed, start Convoy from a shell that has it on PATH, or set PATH for Convoy\. Otherwise install it/;
    assert.match(elixir?.remedy ?? '', advice);
    assert.match(erlang?.remedy ?? '', advice);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('finds only executable files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-path-'));
  try {
    const file = join(folder, 'elixir');
    writeFileSync(file, '');
    chmodSync(file, 0o644);
    assert.equal(await findProgram('elixir', folder), undefined);
    chmodSync(file, 0o755);
    assert.equal(await findProgram('elixir', `/nowhere:${folder}`), file);
    const [, elixir] = await new LocalPrograms({ PATH: folder, SHELL: '/bin/false' }).capabilities();
    assert.match(elixir?.remedy ?? '', /erl is not on PATH/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
