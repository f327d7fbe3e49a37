/**
 * Texts of libraries speak of their options. Flags and commands belong to the command, which adds them by code. What to do
 * about an error is in its remedy, not in its message.
 */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const libraries = ['node', 'cluster', 'shell', 'console', 'railway-simulator'];

/** Words of the command: its subcommands, and flags that no other program has which a text may name. */
const commandWord =
  /\bconvoy (?:up|node|nodes|ping|doctor|rpc|eval|shell|attach|connect|tunnel|launch|stop|list|logs|join|disconnect|epmd|completion|play)\b/;
const flag =
  /(?:^|[\s(`])--(?:accept-new-host-key|allowed-host|base-path|cookie-file|data-dir|dist-port|discover|epmd|host|identity|listen-\w+|node-limit|owner|port|proto|read-cookie|timeout|tls-\w+|trusted-proxy|via)\b/;

/** Command lines that a library makes and runs itself. */
const makesCommands =
  /local-command\.ts|start-script\.ts|container-command\.ts|remote-command\.ts|command-lines\.ts/;

/** Pages that the console shows to the person who started it with the command. */
const isPage = /refusal-page\.ts|static-files\.ts/;

/** The text literals of a source, without its comments. */
function textsOf(source: string): readonly string[] {
  const code = source.replaceAll(/\/\*[^]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  return Array.from(code.matchAll(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g), ([text]) => text);
}

/** The message of an error with a code, where it is a literal. */
const errorMessage =
  /new \w+Error\(\s*'[A-Z_]+',\s*((?:'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)(?:\s*\+\s*(?:'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`))*)/g;

/** The start of a clause that tells the reader what to do. */
const advice =
  /[:;.,] (?:also )?(?:add|await|call|check|choose|compare|convert|correct|give|handle|open|pass|raise|repair|run|see|set|start|stop|try|unregister|use|wait|write)\b(?! (?:at|by|of)\b)/i;

/** The error messages of a source that say what to do. */
function advising(source: string): readonly string[] {
  return Array.from(source.matchAll(errorMessage), ([, message = '']) =>
    message.replaceAll(/['`]\s*\+\s*['`]/g, ''),
  ).filter((message) => advice.test(message));
}

function offending(source: string): readonly string[] {
  return textsOf(source).filter((text) => commandWord.test(text) || flag.test(text));
}

test('no text of a library names a flag or a subcommand of the command', () => {
  const files = libraries.flatMap((name) => globSync(`packages/${name}/src/**/*.ts`));
  assert.ok(files.length > 200);
  const found = files
    .filter((file) => !makesCommands.test(file) && !isPage.test(file))
    .flatMap((file) => offending(readFileSync(file, 'utf8')).map((text) => `${file}: ${text}`));
  assert.deepEqual(found, []);
});

test('no message of an error says what to do: its remedy does', () => {
  const files = [...libraries, 'cli'].flatMap((name) => globSync(`packages/${name}/src/**/*.ts`));
  const found = files.flatMap((file) =>
    advising(readFileSync(file, 'utf8')).map((text) => `${file}: ${text}`),
  );
  assert.deepEqual(found, []);
  assert.equal(advising("new NodeError('A_B', `a ${b}; ` +\n 'raise it', {})").length, 1);
  assert.deepEqual(advising("new NodeError('A_B', `cannot start: ${b}`, { remedy: 'Raise it.' })"), []);
});

test('finds planted ones, and accepts comments and words of other programs', () => {
  const planted = "throw new E('use --tls-ca');\nconst a = `see \\`convoy nodes\\``;";
  assert.equal(offending(planted).length, 2);
  assert.deepEqual(
    offending("/** See `convoy nodes --via`. */\nrun(['--name', '-proto_dist inet_tls']);"),
    [],
  );
});
