/** Whether the files of a package keep to the rows of its table in scripts/layers/, and whether the rows keep their own order. */

import type { Layer, PackageRules } from '../layers/package-rules.ts';
import { type Import, type SourceFile, targetOf } from './source-files.ts';

function isWithin(place: string, file: string): boolean {
  const stem = file.replace(/\.tsx?$/, '');
  return stem === place || stem.startsWith(`${place}/`);
}

/** The layer of the longest place that holds `file`. */
function layerOf(rules: PackageRules, file: string): Layer | undefined {
  return rules.layers
    .filter((layer) => isWithin(layer.place, file))
    .sort((a, b) => b.place.length - a.place.length)[0];
}

/** Only layers that the table lists earlier can be reached, so no two layers can import one another. */
function mayReach(rules: PackageRules, layer: Layer, target: string): boolean {
  const other = layerOf(rules, target);
  if (other === layer) return true;
  if (other === undefined) return false;
  if (rules.layers.indexOf(other) > rules.layers.indexOf(layer)) return false;
  return (
    isWithin(layer.place, target) || layer.mayImport.some((place) => place === '*' || isWithin(place, target))
  );
}

interface Importer {
  readonly file: string;
  readonly layer: Layer;
}

function problemWith(rules: PackageRules, { file, layer }: Importer, one: Import): string | undefined {
  const { specifier } = one;
  if (specifier.startsWith('node:')) {
    const builtin = specifier.slice('node:'.length);
    const { builtins = [] } = layer;
    if (builtins.includes(builtin)) return undefined;
    return `(layer ${layer.place}) must not import ${specifier}, which is not in the layer's builtins`;
  }
  const target = targetOf(file, one);
  if (target !== undefined) {
    if (target.startsWith('..')) return `reaches outside its package: ${specifier}`;
    return mayReach(rules, layer, target) ? undefined : `(layer ${layer.place}) must not import ${target}`;
  }
  const ours = specifier === 'convoy' || specifier.startsWith('@convoy/');
  if (!ours) return undefined;
  if (rules.typesOnly?.includes(specifier) === true && !one.isType)
    return `must import only types from ${specifier}`;
  if (rules.packages.includes(specifier)) return undefined;
  return `must not import ${specifier}, which is not in the packages of its table`;
}

/** What is wrong with the rows themselves: a permission that points up or sideways, a place listed twice. */
export function tableProblems({ layers }: PackageRules): string[] {
  const problems: string[] = [];
  const seen: string[] = [];
  for (const { place, mayImport } of layers) {
    if (seen.includes(place)) problems.push(`${place} is listed twice in its table in scripts/layers/`);
    for (const other of mayImport) {
      if (other === '*' || seen.some((earlier) => isWithin(earlier, other) || isWithin(other, earlier)))
        continue;
      problems.push(
        `${place} may import ${other}, which its table in scripts/layers/ does not list before it`,
      );
    }
    seen.push(place);
  }
  return problems;
}

/** Every package and built-in module that the rows allow and no file imports, a line each. */
export function unusedPermissions(sources: readonly SourceFile[], rules: PackageRules): string[] {
  const used = new Set<string>();
  const usedIn = new Map<Layer, Set<string>>(rules.layers.map((layer) => [layer, new Set()]));
  for (const { file, imports } of sources) {
    const layer = layerOf(rules, file);
    for (const { specifier } of imports) {
      used.add(specifier);
      if (layer !== undefined) usedIn.get(layer)?.add(specifier);
    }
  }
  const packages = rules.packages.filter((name) => !used.has(name));
  const builtins = rules.layers.flatMap((layer) => {
    const unused = (layer.builtins ?? []).filter((name) => usedIn.get(layer)?.has(`node:${name}`) !== true);
    return unused.map((name) => `the layer ${layer.place} may import node:${name}`);
  });
  return [...packages.map((name) => `it may import ${name}`), ...builtins].map(
    (permission) =>
      `${permission}, which no file does: remove the permission from its table in scripts/layers/`,
  );
}

/** Every file that is in no row and every import that the rows do not allow, a line each. */
export function layerProblems(sources: readonly SourceFile[], rules: PackageRules): string[] {
  return sources.flatMap(({ file, imports }) => {
    const layer = layerOf(rules, file);
    if (layer === undefined)
      return [`${file} is in no layer: add its folder to the table in scripts/layers/`];
    return imports
      .map((one) => problemWith(rules, { file, layer }, one))
      .filter((problem) => problem !== undefined)
      .map((problem) => `${file} ${problem}`);
  });
}
