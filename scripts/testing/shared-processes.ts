/**
 * Tests that share a process. Starting a process and loading its modules takes longer than the tests of most files, so
 * one file in node_modules imports, one after another, the tests of a package that touch nothing but their own values and
 * files of their own.
 */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readSource } from '../boundaries/source-files.ts';

const folder = fileURLToPath(new URL('../../node_modules/.cache/shared-processes/', import.meta.url));

/** Built-in modules that leave no trace for the next test. */
const harmless = /^node:(?:test|assert\/strict|util|path|buffer|url|crypto|events|fs|os|stream|zlib)$/;

/**
 * Tests with nodes, sockets and timers mostly wait, so they are faster side by side. All tests of a process share its
 * globals and whatever a test replaces in them.
 */
const notAlone =
  /\b(?:process\.|startNode|await using|setTimeout|setInterval|mock|globalThis|AbortSignal\.timeout)/;

/** A hook of a whole file would run for each test of the process. */
const hookOfEachTest = /^(?:beforeEach|afterEach)\(/m;

/** Whether the tests of a file can share a process with those of other files. `file` is its path from the root, with slashes. */
export function canShareProcess(file: string, text: string): boolean {
  // The tests of all packages together start programs, through their fixtures.
  if (!file.startsWith('packages/')) return false;
  const { imports, code } = readSource(file, text);
  const builtins = imports.filter(({ specifier }) => specifier.startsWith('node:'));
  return (
    builtins.every(({ specifier }) => harmless.test(specifier)) &&
    !notAlone.test(code) &&
    !hookOfEachTest.test(code)
  );
}

/** `files` with one file for each package in the place of those that can share a process. */
export function withSharedProcesses(files: readonly string[]): string[] {
  const shared = files.filter((file) =>
    canShareProcess(file.replaceAll('\\', '/'), readFileSync(file, 'utf8')),
  );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const byPackage = Map.groupBy(shared, (file) => file.split(/[\\/]/)[1] ?? '');
  const written = Array.from(byPackage, ([name, members]) => {
    const path = join(folder, `${name}.test.mjs`);
    writeFileSync(path, members.map((file) => `import ${JSON.stringify(pathToFileURL(file))};\n`).join(''));
    return path;
  });
  // First, because they take longest.
  return [...written, ...files.filter((file) => !shared.includes(file))];
}
