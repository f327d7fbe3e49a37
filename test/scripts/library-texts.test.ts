/**
 * Texts of libraries speak of their options. Flags and commands belong to the command, which adds them by code. What to do
 * about an error is in its remedy, not in its message.
 */

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import ts from 'typescript';

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

/** The start of a clause that tells the reader what to do. */
const advice =
  /(?:[:;.,] |\()(?:also )?(?:add|await|call|check|choose|compare|convert|correct|enter|give|handle|install|omit|open|pass|raise|repair|run|see|set|start|stop|try|unregister|use|wait|write)\b(?! (?:at|by|of)\b)/i;

/** Texts that no error contains: a greeting, an entry of a peer's log, programs for a shell and for Erlang. */
const isNoError =
  /shell-server\.ts|call-target\.ts|control-master\.ts|entry\/programs\.ts|(?:inspect\/\w+|logs)\/\w+-program\.ts/;

/** Errors whose message leaves nothing to add, or about which the reader can do nothing. */
const needsNoRemedy =
  /^(?:DecodeError|EncodeError|RemoteError|ErlangError|GraphQLError|ApiError)$|^(?:HANDSHAKE_(?:SIMULTANEOUS|ALREADY_CONNECTED|PROTOCOL|CLOSED)|CONNECTION_PROTOCOL|PROVIDER_CANCELLED)$/;

interface Found {
  /** Texts outside of remedies that say what to do. */
  readonly advising: string[];
  /** Errors with a code whose message says what to do. */
  readonly mixed: string[];
  /** Errors with a code and without a remedy. */
  readonly bare: string[];
}

/** What is wrong with the texts and errors of a source. */
function faultsOf(source: string): Found {
  const found: Found = { advising: [], mixed: [], bare: [] };
  const visit = (node: ts.Node): void => {
    if (isRemedy(node)) return;
    if (isText(node) && advice.test(wholeText(node))) found.advising.push(node.getText());
    if (ts.isNewExpression(node) && isCoded(node)) {
      const message = node.arguments?.[1];
      if (message !== undefined && isText(message) && advice.test(wholeText(message)))
        found.mixed.push(message.getText());
      if (lacksRemedy(node)) found.bare.push(node.getText());
    }
    if (!isText(node)) ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true));
  return found;
}

const faults = new Map<string, Found>();

/** The faults of one kind in the files of packages, each after the name of its file. */
function faultsIn(names: readonly string[], kind: keyof Found): readonly string[] {
  return names
    .flatMap((name) => globSync(`packages/${name}/src/**/*.ts`))
    .filter((file) => !makesCommands.test(file) && !isPage.test(file) && !isNoError.test(file))
    .flatMap((file) => {
      const found = faults.get(file) ?? faultsOf(readFileSync(file, 'utf8'));
      faults.set(file, found);
      return found[kind].map((text) => `${file}: ${text}`);
    });
}

function isRemedy(node: ts.Node): boolean {
  const isNamed =
    ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node) || ts.isFunctionDeclaration(node);
  // How to tell causes apart is `check`, beside the remedy.
  return isNamed && /remed|label|summary|^check/i.test(node.name?.getText() ?? '');
}

/** A literal, or several that are joined. */
function isText(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node)) return isText(node.left) && isText(node.right);
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function wholeText(node: ts.Node): string {
  return node.getText().replaceAll(/['`]\s*\+\s*['`]/g, '');
}

function isCoded({ expression, arguments: given }: ts.NewExpression): boolean {
  const code = given?.[0];
  const isCode = code !== undefined && ts.isStringLiteral(code) && /^[A-Z]+_[A-Z_]+$/.test(code.text);
  return isCode && expression.getText().endsWith('Error');
}

function lacksRemedy({ expression, arguments: given }: ts.NewExpression): boolean {
  const [code, message, detail] = given ?? [];
  if (needsNoRemedy.test(expression.getText())) return false;
  if (code !== undefined && ts.isStringLiteral(code) && needsNoRemedy.test(code.text)) return false;
  if (detail === undefined) return message === undefined || !ts.isSpreadElement(message);
  if (!ts.isObjectLiteralExpression(detail)) return false;
  return !detail.properties.some(
    (property) => ts.isSpreadAssignment(property) || property.name?.getText() === 'remedy',
  );
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

test('no text outside of a platform names it', () => {
  // Two tables have a row for each platform.
  const tables = /discovery\/strategy-table\.ts$|platforms\/token-variables\.ts$/;
  const found = globSync('packages/cluster/src/**/*.ts', { exclude: ['packages/cluster/src/platforms/*/**'] })
    .filter((file) => !tables.test(file))
    .flatMap((file) =>
      textsOf(readFileSync(file, 'utf8'))
        .filter((text) => /railway/i.test(text))
        .map((text) => `${file}: ${text}`),
    );
  assert.deepEqual(found, []);
});

test('what to do about an error is in its remedy, and nowhere else', () => {
  assert.deepEqual(faultsIn(libraries, 'advising'), []);
  assert.deepEqual(faultsIn(['cli'], 'mixed'), []);
  assert.equal(faultsOf("const why = `a ${b}; ` +\n 'raise it'").advising.length, 1);
  assert.equal(faultsOf("new CliError('A_B', `a ${b}: raise it`)").mixed.length, 1);
  const right = "new NodeError('A_B', `cannot start: ${b}`, { remedy: 'Raise it; or wait.' })";
  assert.deepEqual(faultsOf(right).advising, []);
});

test('every error says what to do about it', () => {
  assert.deepEqual(faultsIn([...libraries, 'cli'], 'bare'), []);
  const errors =
    "new NodeError('A_B', c);\nnew NodeError('A_B', c, { value });\nnew NodeError('A_B', c, detail);";
  assert.equal(faultsOf(errors).bare.length, 2);
});

test('finds planted ones, and accepts comments and words of other programs', () => {
  const planted = "throw new E('use --tls-ca');\nconst a = `see \\`convoy nodes\\``;";
  assert.equal(offending(planted).length, 2);
  assert.deepEqual(
    offending("/** See `convoy nodes --via`. */\nrun(['--name', '-proto_dist inet_tls']);"),
    [],
  );
});
