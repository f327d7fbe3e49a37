/**
 * Fails when a source file imports what the table in layers.ts does not allow: another package's insides, a higher
 * layer, a built-in module a pure part must not touch, or in a circle. Takes the repository's root as argument.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Layer, packageRules, type PackageRules } from './layers.ts';

interface Import {
  readonly file: string;
  readonly specifier: string;
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => name.split('\\').join('/'))
    .sort();
}

function importsOf(source: string, file: string): Import[] {
  return Array.from(source.matchAll(importPattern), (match) => ({
    file,
    specifier: match[1] ?? match[2] ?? match[3] ?? '',
  }));
}

function isWithin(place: string, file: string): boolean {
  const stem = file.replace(/\.tsx?$/, '');
  return place === '' || stem === place || stem.startsWith(`${place}/`);
}

/** The layer of the longest place that holds `file`. */
function layerOf(rules: PackageRules, file: string): Layer | undefined {
  return rules.layers
    .filter((layer) => isWithin(layer.place, file))
    .sort((a, b) => b.place.length - a.place.length)[0];
}

function mayReach(layer: Layer, target: string): boolean {
  return (
    isWithin(layer.place, target) || layer.mayImport.some((place) => place === '*' || isWithin(place, target))
  );
}

function problemWith(rules: PackageRules, { file, specifier }: Import): string | undefined {
  const layer = layerOf(rules, file);
  if (layer === undefined) return 'is in no layer: add its folder to scripts/layers.ts';
  if (specifier.startsWith('node:')) {
    const builtin = specifier.slice('node:'.length);
    const allowed = layer.builtins ?? [];
    return allowed.includes('*') || allowed.includes(builtin) ? undefined : `must not touch ${specifier}`;
  }
  if (specifier.startsWith('.')) {
    const target = posix.normalize(posix.join(posix.dirname(file), specifier));
    if (target.startsWith('..')) return `reaches outside its package: ${specifier}`;
    return mayReach(layer, target) ? undefined : `(layer ${layer.place || 'all'}) must not import ${target}`;
  }
  const ours = specifier === 'convoy' || specifier.startsWith('@convoy/');
  return !ours || rules.packages.includes(specifier) ? undefined : `must not import ${specifier}`;
}

function findCircle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const circle = walk(next, [...path, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const circle = walk(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** Every violation of one package whose sources are in `folder`, a line each. */
export function checkPackage(folder: string, rules: PackageRules): string[] {
  const problems: string[] = [];
  const graph = new Map<string, string[]>();
  for (const file of sourcesBelow(folder)) {
    const imports = importsOf(readFileSync(join(folder, file), 'utf8'), file);
    for (const one of imports) {
      const problem = problemWith(rules, one);
      if (problem !== undefined) problems.push(`${file} ${problem}`);
    }
    const own = imports.filter((one) => one.specifier.startsWith('.'));
    graph.set(
      file,
      own.map((one) => posix.normalize(posix.join(posix.dirname(file), one.specifier))),
    );
  }
  const circle = findCircle(graph);
  if (circle !== undefined) problems.push(`imports in a circle: ${circle.join(' -> ')}`);
  return problems;
}

function main(root: string): void {
  let count = 0;
  for (const [name, rules] of Object.entries(packageRules)) {
    const folder = join(root, 'packages', name, 'src');
    for (const problem of checkPackage(folder, rules)) {
      count += 1;
      console.error(`${relative(root, folder)}/${problem}`);
    }
  }
  if (count > 0) {
    console.error(`${count} import(s) cross a boundary; the table is scripts/layers.ts`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..')));
}
