/** Fails when what npm would publish is not what it should be: a door without its file, stray files, no licence. */

import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { type Manifest, packageFaults } from './packaging/package-rules.ts';
import { published } from './packaging/published.ts';

const problems: string[] = [];
const root = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

function filesOf(folder: string): string[] {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const [packed] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  return packed.files.map((file) => file.path);
}

/** Places in the sources that name the version: they must say what the manifests say. */
function versionsInSources(folder: string): [file: string, version: string][] {
  return globSync(`${folder}/src/**/*.ts`).flatMap((file) =>
    Array.from(readFileSync(file, 'utf8').matchAll(/version\b[^\n]*['"](\d+\.\d+\.\d+)['"]/gi), (match) => {
      return [file, match[1] ?? ''] as [string, string];
    }),
  );
}

for (const name of published) {
  const folder = join('packages', name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const report = (text: string): number => problems.push(`${manifest.name}: ${text}`);
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
  problems.push(...packageFaults({ manifest, folder: name, files: filesOf(folder), read }, root));
  for (const [file, version] of versionsInSources(folder)) {
    if (version !== root.version) report(`${file} says version ${version}, not ${root.version}`);
  }
  const { messages } = await publint({ pkgDir: folder, strict: false });
  for (const message of messages)
    if (message.type === 'error') report(`${message.code} ${JSON.stringify(message.args)}`);
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
