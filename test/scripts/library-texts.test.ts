/** Texts of libraries speak of their options. Flags and commands belong to the command, which adds them by code. */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const libraries = ['node', 'cluster', 'shell', 'railway-simulator'];

/** Words of the command: its subcommands, and flags that no other program has which a text may name. */
const commandWord =
  /\bconvoy (?:up|node|nodes|ping|doctor|rpc|eval|shell|attach|connect|tunnel|launch|stop|list|logs|join|disconnect|epmd|completion|play)\b/;
const flag =
  /(?:^|[\s(`])--(?:accept-new-host-key|cookie-file|dist-port|discover|epmd|identity|listen-\w+|node-limit|owner|proto|read-cookie|tls-\w+|via)\b/;

/** Command lines that a library makes and runs itself. */
const makesCommands =
  /local-command\.ts|start-script\.ts|container-command\.ts|remote-command\.ts|command-lines\.ts/;

/** The text literals of a source, without its comments. */
function textsOf(source: string): readonly string[] {
  const code = source.replaceAll(/\/\*[^]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  return Array.from(code.matchAll(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g), ([text]) => text);
}

function offending(source: string): readonly string[] {
  return textsOf(source).filter((text) => commandWord.test(text) || flag.test(text));
}

test('no text of a library names a flag or a subcommand of the command', () => {
  const files = libraries.flatMap((name) => globSync(`packages/${name}/src/**/*.ts`));
  assert.ok(files.length > 200);
  const found = files
    .filter((file) => !makesCommands.test(file))
    .flatMap((file) => offending(readFileSync(file, 'utf8')).map((text) => `${file}: ${text}`));
  assert.deepEqual(found, []);
});

test('finds those that are planted, and lets comments and words of other programs be', () => {
  const planted = "throw new E('use --tls-ca');\nconst a = `see \\`convoy nodes\\``;";
  assert.equal(offending(planted).length, 2);
  assert.deepEqual(
    offending("/** See `convoy nodes --via`. */\nrun(['--name', '-proto_dist inet_tls']);"),
    [],
  );
});
