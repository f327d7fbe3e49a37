/**
 * Circles of imports, between files and between folders. A folder is the files that lie directly in it: a sub-folder is
 * a folder of its own, and imports either from its parent's files or the other way round, never both. A file beside the
 * folders of `src`, and a folder's `index.ts` (its door, which nothing inside the folder needs), stands for itself.
 */

import { posix } from 'node:path';
import { type SourceFile, targetOf } from './source-files.ts';

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

function folderOf(file: string): string {
  const folder = posix.dirname(file);
  return folder === '.' || posix.basename(file, posix.extname(file)) === 'index' ? file : `${folder}/`;
}

function graphOf(sources: readonly SourceFile[], nameOf: (file: string) => string): Graph {
  const graph = new Map<string, Set<string>>();
  for (const { file, imports } of sources) {
    const from = nameOf(file);
    const targets = graph.get(from) ?? new Set();
    graph.set(from, targets);
    for (const one of imports) {
      const target = targetOf(file, one);
      if (target !== undefined && nameOf(target) !== from) targets.add(nameOf(target));
    }
  }
  return graph;
}

function findCircle(graph: Graph): string[] | undefined {
  const done = new Set<string>();
  const walk = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const next of graph.get(name) ?? []) {
      const circle = walk(next, [...path, name]);
      if (circle !== undefined) return circle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of graph.keys()) {
    const circle = walk(name, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

/** The first import that shows why `from` depends on `to`. */
function example(sources: readonly SourceFile[], from: string, to: string): string {
  for (const { file, imports } of sources) {
    if (folderOf(file) !== from) continue;
    const target = imports
      .map((one) => targetOf(file, one))
      .find((path) => path !== undefined && folderOf(path) === to);
    if (target !== undefined) return `${file} imports ${target}`;
  }
  return `${from} imports ${to}`;
}

/** The first circle of files and the first circle of folders, a line each. */
export function circleProblems(sources: readonly SourceFile[]): string[] {
  const files = findCircle(graphOf(sources, (file) => file));
  if (files !== undefined) return [`files import in a circle: ${files.join(' -> ')}`];
  const folders = findCircle(graphOf(sources, folderOf));
  if (folders === undefined) return [];
  const proof = folders.slice(1).map((to, index) => example(sources, folders[index] ?? '', to));
  return [`folders import one another: ${proof.join('; ')}`];
}
