/**
 * The first hour of somebody who has never seen Convoy, as a script: an empty Debian with Node.js 22.18 and no network, the packages from npm, a
 * cluster of three, shells, an upgrade, and an uninstall that leaves nothing. What is typed is what the guide says.
 */

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { endProcess, ProcessOutput } from '../support/child-process.ts';
import { findInstallation, missingPeer } from '../support/erlang/erlang-release.ts';
import { missingNamespaces } from '../support/network/namespaces.ts';
import { packedPackages } from '../support/packed/prepared.ts';
import { commandOf, missingRuntime, npmOfOldestNode, oldestNode } from '../support/packed/runtimes.ts';
import { mayTake } from '../support/time-limit.ts';

const version = (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;
const nextVersion = version.replace(/^\d+/, (major) => String(Number(major) + 1));
const here = join(import.meta.dirname, 'first-hour');

/** The same packages as the release after this one. */
function packNext(tarballs: string, folder: string): void {
  for (const file of readdirSync(tarballs)) {
    const content = mkdtempSync(join(folder, 'content-'));
    execFileSync('tar', ['-xzf', join(tarballs, file), '-C', content]);
    for (const path of [
      join(content, 'package/package.json'),
      ...globSync(join(content, 'package/dist/program.js')),
    ])
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(version, nextVersion));
    mkdirSync(join(folder, 'tarballs'), { recursive: true });
    const next = join(folder, 'tarballs', file.replace(version, nextVersion));
    execFileSync('tar', ['-czf', next, '-C', content, 'package']);
    rmSync(content, { recursive: true });
  }
}

function whyNot(): string | false {
  return (
    missingNamespaces() ??
    (missingPeer('27', 'elixir') || missingRuntime(oldestNode) || missingRuntime(npmOfOldestNode))
  );
}

describe('the first hour', () => {
  test('from an empty Debian to a cluster of three, and back', { skip: whyNot() }, async (t) => {
    mayTake(t, { seconds: 180, because: 'it packs, installs twice and starts four nodes' });
    const room = mkdtempSync(join(tmpdir(), 'convoy-first-hour-'));
    try {
      const release = await packedPackages();
      packNext(release, room);
      mkdirSync(join(room, 'mount'));
      const env = {
        PATH: process.env['PATH'],
        ROOM: join(room, 'mount'),
        BASE: findInstallation('27')?.root,
        NODE: commandOf(oldestNode)[0],
        NPM: join(commandOf(npmOfOldestNode)[0], '../..'),
        OWN_NODE: process.execPath,
        RELEASE: release,
        NEXT_RELEASE: join(room, 'tarballs'),
        VERSION: version,
        NEXT_VERSION: nextVersion,
      };
      const namespaces = ['--mount', '--net', '--pid', '--ipc', '--uts', '--fork', '--kill-child'];
      const words = [...namespaces, '/bin/sh', join(here, 'enter.sh')];
      const child = spawn('unshare', words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      const output = new ProcessOutput(child, 'the first hour');
      try {
        await output.closed;
        assert.match(output.text, /\nthe first hour is over\n$/);
      } finally {
        await endProcess(child);
      }
    } finally {
      rmSync(room, { recursive: true, force: true });
    }
  });

  test('it types what the guide says', () => {
    const guide = readFileSync('docs/guide/install.md', 'utf8');
    const steps = readFileSync(join(here, 'steps.sh'), 'utf8');
    const typed = Array.from(guide.matchAll(/^```\n(.*?)^```/gms), ([, block = '']) =>
      block.trim().split('\n'),
    );
    const missing = typed.flat().filter((line) => !steps.includes(line));
    assert.ok(typed.flat().length >= 6);
    assert.deepEqual(missing, []);
  });
});
