/** What each door of each package loads: one process per door, which imports it and nothing else. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

const screen = ['@xterm/addon-serialize', '@xterm/headless', 'get-east-asian-width'];
const pino = [
  '@pinojs/redact',
  'atomic-sleep',
  'on-exit-leak-free',
  'pino',
  'pino-std-serializers',
  'quick-format-unescaped',
  'safe-stable-stringify',
  'sonic-boom',
  'thread-stream',
];
const railwayClient = ['graphql-ws', 'ws', 'zod'];
/** Without `cpu-features`, which ssh2 loads where it was compiled. */
const sshServer = ['asn1', 'bcrypt-pbkdf', 'safer-buffer', 'ssh2', 'tweetnacl'];

/** Packages of npm, and other packages of ours, that a door may load: these and no others. */
const loads: Readonly<Record<string, readonly string[]>> = {
  '@convoy/node': [],
  '@convoy/node/async': [],
  '@convoy/node/connection': [],
  '@convoy/node/names': [],
  '@convoy/node/epmd': [],
  '@convoy/node/etf': [],
  '@convoy/node/pg': [],
  '@convoy/node/pubsub': [],
  '@convoy/node/testing': [],
  '@convoy/cluster': ['@convoy/node'],
  '@convoy/cluster/bridge': ['@convoy/node'],
  '@convoy/cluster/discovery': ['@convoy/node'],
  '@convoy/cluster/doctor': ['@convoy/node'],
  '@convoy/cluster/inspect': ['@convoy/node'],
  '@convoy/cluster/logs': ['@convoy/node'],
  '@convoy/cluster/members': ['@convoy/node'],
  '@convoy/cluster/railway': ['@convoy/node', ...railwayClient],
  '@convoy/cluster/ssh': ['@convoy/node'],
  '@convoy/cluster/worker': ['@convoy/node'],
  '@convoy/railway-simulator': ['@convoy/cluster', '@convoy/node', ...railwayClient, ...sshServer, 'graphql'],
  '@convoy/shell': ['@convoy/node', ...screen],
  '@convoy/shell/cell-width': ['get-east-asian-width'],
  '@convoy/shell/evaluator': ['@convoy/node', 'get-east-asian-width'],
  '@convoy/console': [
    '@convoy/cluster',
    '@convoy/node',
    '@convoy/shell',
    '@hono/node-server',
    'hono',
    'kysely',
    ...pino,
    ...railwayClient,
    ...screen,
  ],
  '@convoy/console/backup': ['@convoy/cluster', '@convoy/node', 'kysely', ...railwayClient],
  '@convoy/console/client': [],
  '@convoy/console/protocol': ['@convoy/node', 'zod'],
  '@convoy/console/running': ['@convoy/cluster', '@convoy/node'],
};

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | object>>;
}

const manifests: readonly { readonly folder: string; readonly manifest: Manifest }[] = globSync(
  'packages/*/package.json',
  { cwd: root },
).map((file) => ({
  folder: dirname(file),
  manifest: JSON.parse(readFileSync(`${root}/${file}`, 'utf8')) as Manifest,
}));

/** Imports a door, and prints the URL of every module that this loads. */
const program = `
import { registerHooks } from 'node:module';
const urls = [];
registerHooks({
  load(url, context, next) {
    urls.push(url);
    return next(url, context);
  },
});
await import(process.argv[1]);
console.log(JSON.stringify(urls));
process.exit();
`;

function packageOf(url: string): string | undefined {
  const [, outside] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  if (outside !== undefined) return outside;
  const [, folder] = /\/(packages\/[^/]+)\//.exec(url) ?? [];
  return manifests.find((one) => one.folder === folder)?.manifest.name;
}

async function packagesLoadedBy(door: string, folder: string): Promise<string[]> {
  const flags = ['--conditions=@convoy/source', '--input-type=module', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, door], {
    cwd: `${root}/${folder}`,
    maxBuffer: 1 << 24,
  });
  const names = (JSON.parse(stdout) as string[]).map(packageOf);
  return [...new Set(names.filter((name) => name !== undefined))]
    .filter((name) => name !== 'cpu-features')
    .sort();
}

describe('a door loads what it needs and nothing else', { concurrency: 2 }, () => {
  const found = manifests.flatMap(({ folder, manifest: { name, exports = {} } }) =>
    Object.entries(exports)
      .filter(([, target]) => typeof target === 'object')
      .map(([path]) => ({ door: name + path.slice(1), name, folder })),
  );

  test('every door is listed here', () => {
    assert.deepEqual(found.map(({ door }) => door).sort(), Object.keys(loads).sort());
  });

  for (const { door, name, folder } of found) {
    test(door, async () => {
      const packages = await packagesLoadedBy(door, folder);
      assert.deepEqual(
        packages.filter((one) => one !== name),
        [...(loads[door] ?? [])].sort(),
      );
    });
  }
});
