/** Fails when what npm would publish is not what it should be: a door without its file, stray files, no licence. */

import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const published = ['node', 'cluster', 'railway-simulator', 'shell', 'console', 'cli'];
const allowed = /^(dist\/|erlang\/\w+\.erl$|README\.md$|LICENSE$|package\.json$)/;
const problems: string[] = [];

function filesOf(folder: string): string[] {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const [packed] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  return packed.files.map((file) => file.path);
}

function targetsOf(manifest: Manifest): string[] {
  const doors = Object.values(manifest.exports).flatMap((door) =>
    typeof door === 'string'
      ? [door]
      : Object.entries(door).flatMap(([key, file]) => (key.startsWith('@') ? [] : [file])),
  );
  return [...doors, ...Object.values(manifest.bin ?? {})];
}

/** Places in the sources that name the version: they must say what the manifests say. */
function versionsInSources(folder: string): [file: string, version: string][] {
  return globSync(`${folder}/src/**/*.ts`).flatMap((file) =>
    Array.from(readFileSync(file, 'utf8').matchAll(/version\b[^\n]*['"](\d+\.\d+\.\d+)['"]/gi), (match) => {
      return [file, match[1] ?? ''] as [string, string];
    }),
  );
}

const rootVersion = (JSON.parse(readFileSync('package.json', 'utf8')) as Manifest).version;
for (const name of published) {
  const folder = join('packages', name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const report = (text: string): number => problems.push(`${manifest.name}: ${text}`);
  const files = filesOf(folder);
  for (const file of files) if (!allowed.test(file)) report(`would publish ${file}`);
  for (const wanted of ['LICENSE', 'README.md']) if (!files.includes(wanted)) report(`has no ${wanted}`);
  for (const target of targetsOf(manifest))
    if (!existsSync(join(folder, target))) report(`${target} does not exist`);
  for (const [file, version] of versionsInSources(folder)) {
    if (version !== rootVersion) report(`${file} says version ${version}, not ${rootVersion}`);
  }
  if (manifest.version !== rootVersion) report(`has version ${manifest.version}, not ${rootVersion}`);
  for (const [dependency, range] of Object.entries(manifest.dependencies ?? {})) {
    if (dependency.startsWith('@convoy/') && range !== rootVersion) report(`wants ${dependency} ${range}`);
  }
  const { messages } = await publint({ pkgDir: folder, strict: false });
  for (const message of messages)
    if (message.type === 'error') report(`${message.code} ${JSON.stringify(message.args)}`);
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
