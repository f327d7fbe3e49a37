/** Every option that `--help` of a command shows is named by a guide that also names the command. */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runConvoy } from '../../support/convoy-command.ts';

const guides = join(fileURLToPath(new URL('../../..', import.meta.url)), 'docs/guide');

/** The long options in a help text. `-h, --help` is left out: cli.md describes it for all commands. */
function flagsOf(help: string): string[] {
  const flags = Array.from(help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm), ([, flag = '']) => flag);
  return flags.filter((flag) => flag !== '--help');
}

function namesCommand(page: string, command: string): boolean {
  return new RegExp(`(?:\`|convoy )${command}(?![\\w-])`).test(page);
}

/** EPMD's options are written with one dash, as Erlang's daemon has them. */
function namesFlag(page: string, flag: string): boolean {
  return new RegExp(`(?<![\\w-])-?${flag.slice(1)}(?![\\w-])`).test(page);
}

/** The flags of a command that no guide about it names. */
function undocumented(pages: readonly string[], command: string, help: string): string[] {
  const about = pages.filter((page) => namesCommand(page, command));
  return flagsOf(help).filter((flag) => !about.some((page) => namesFlag(page, flag)));
}

describe('options of the command', () => {
  test('are all in a guide that names the command', async () => {
    const pages = globSync('*.md', { cwd: guides }).map((page) => readFileSync(join(guides, page), 'utf8'));
    const { stdout } = await runConvoy(['--help']);
    const commands = Array.from(stdout.matchAll(/^ {2}([a-z]+)\b/gm), ([, command = '']) => command);
    assert.ok(commands.includes('up') && commands.includes('tunnel'), stdout);
    const missing = await Promise.all(
      commands.map(async (command) => {
        const help = (await runConvoy([command, '--help'])).stdout;
        // What `completion` prints is a program.
        const hasJson = command === 'completion' || flagsOf(help).includes('--json');
        assert.ok(hasJson, `${command} --help:\n${help}`);
        return undocumented(pages, command, help).map((flag) => `${command} ${flag}`);
      }),
    );
    assert.deepEqual(missing.flat(), []);
  });

  test('an option that is only in --help is found', () => {
    const pages = ['`convoy up --port 1`', 'convoy node --host H', '`--port-range` of `up`'];
    const help =
      'Options:\n  --port <port>  ...\n  -x, --host <host>  ...\n  --range  ...\n  -h, --help  ...\n';
    assert.deepEqual(undocumented(pages, 'up', help), ['--host', '--range']);
  });
});
