/**
 * Fails when a source file goes against the table of its package in layers/ or against what its header says:
 *
 * - it imports a higher layer, another package's insides, or a built-in module its layer may not touch,
 * - files or folders import in a circle (boundaries/import-circles.ts says what counts as a folder),
 * - its header says "pure" and it, or what it imports, is not (boundaries/pure-files.ts says what that means),
 * - it lies in a folder of more than 14 files.
 *
 * Fails as well when the table allows a package or a built-in module that no file imports, when a folder of tests,
 * scripts or benchmarks holds more than 14 files, and when ARCHITECTURE.md does not draw the table as it is.
 *
 * Takes the repository's root as argument.
 */

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderSizeProblems } from './boundaries/folder-sizes.ts';
import { circleProblems } from './boundaries/import-circles.ts';
import { layerProblems, tableProblems, unusedPermissions } from './boundaries/layer-rules.ts';
import { purityProblems } from './boundaries/pure-files.ts';
import { type SourceFile, sourcesBelow } from './boundaries/source-files.ts';
import { withDrawings } from './layer-drawing.ts';
import { packageRules } from './layers.ts';
import type { PackageRules } from './layers/package-rules.ts';

/** Every violation of one package whose sources are in `folder`, a line each; purity is checked over all packages at once. */
export function checkPackage(folder: string, rules: PackageRules): string[] {
  const sources = sourcesBelow(folder);
  const problems = layerProblems(sources, rules);
  return [
    ...tableProblems(rules),
    ...problems,
    ...circleProblems(sources),
    ...folderSizeProblems(folder, rules.largeFolders ?? []),
  ];
}

/** Everything that the table allows a package whose sources are in `folder`, and that it does not need, a line each. */
export function checkPermissions(folder: string, rules: PackageRules): string[] {
  return unusedPermissions(sourcesBelow(folder), rules);
}

/** Every folder of tests, scripts and benchmarks in `root` that holds too many files, a line each. */
export function checkOtherFolders(root: string): string[] {
  return globSync(['test', 'packages/*/test', 'scripts', 'bench'], { cwd: root })
    .sort()
    .flatMap((top) => folderSizeProblems(join(root, top)).map((problem) => `${top}: ${problem}`));
}

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, { readonly '@convoy/source'?: string } | undefined>>;
}

/** Every false claim to be pure in the packages of `root`, a line each. */
export function checkPureFiles(root: string, packages: readonly string[]): string[] {
  const sources = new Map<string, SourceFile>();
  const doors = new Map<string, string>();
  for (const name of packages) {
    const folder = `packages/${name}`;
    for (const source of sourcesBelow(join(root, folder, 'src')))
      sources.set(`${folder}/src/${source.file}`, source);
    const manifestFile = join(root, folder, 'package.json');
    if (!existsSync(manifestFile)) continue;
    const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as Manifest;
    for (const [door, conditions] of Object.entries(manifest.exports ?? {})) {
      const target = conditions?.['@convoy/source'];
      if (target !== undefined) doors.set(posix.join(manifest.name, door), posix.join(folder, target));
    }
  }
  return purityProblems({ sources, doors });
}

function main(root: string): void {
  const problems = Object.entries(packageRules).flatMap(([name, rules]) => {
    const folder = `packages/${name}/src`;
    const own = join(root, folder);
    return [...checkPackage(own, rules), ...checkPermissions(own, rules)].map(
      (problem) => `${folder}: ${problem}`,
    );
  });
  problems.push(...checkPureFiles(root, Object.keys(packageRules)), ...checkOtherFolders(root));
  const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  if (page !== withDrawings(page))
    problems.push('ARCHITECTURE.md is out of date; run: node scripts/layer-drawing.ts');
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error(`${problems.length} problem(s); the tables are in scripts/layers/`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..')));
}
