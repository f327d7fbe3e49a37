/**
 * A file whose header says "pure" computes its results from its arguments, and is held to it. It may not
 *
 * - import a built-in module, except for those and those names of them that only compute (`harmless` below),
 * - use a clock, randomness, timers, the process, the console, the network, or the page (`forbidden` below),
 * - import values, directly or through others, from a file that does. The doors of our packages are looked through by the
 *   names that are imported. Types are allowed, and so are third-party packages: their sources are not read.
 *
 * The way out is to pass the value in, or to take the word out of the header.
 */

import { type Import, type SourceFile, targetOf } from './source-files.ts';

/** Built-in modules that only compute, as a whole or in these names. */
const harmless: Readonly<Record<string, readonly string[] | '*'>> = {
  buffer: '*',
  path: '*',
  string_decoder: '*',
  url: '*',
  util: '*',
  zlib: ['deflateSync', 'inflateSync', 'constants'],
  crypto: ['createHash', 'createHmac', 'hash', 'timingSafeEqual'],
  net: ['BlockList', 'isIP', 'isIPv4', 'isIPv6', 'SocketAddress'],
};

const processWords =
  'argv|arch|chdir|cwd|emitWarning|env|exit|exitCode|getuid|hrtime|kill|memoryUsage|nextTick|off|on|once|pid|platform|ppid|stderr|stdin|stdout|uptime|version|versions';

const nodeProcess = new RegExp(`(?<![.\\w])process\\.(?:${processWords})\\b`);
/** A variable of that name: a process of a node. */
const ownProcess = /\b(?:const|let) process\b|[(,]\s*process\b|\bprocess:/;

const forbidden: readonly RegExp[] = [
  /\bMath\.random\b/,
  /\bDate\.now\b/,
  /\bnew Date\(\s*\)/,
  /\bperformance\.(?:now|timeOrigin)\b/,
  /(?<![.\w])crypto\.\w+/,
  /(?<![.\w])(?:fetch|setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame)\(/,
  /(?<![.\w])console\.\w+/,
  /\bAbortSignal\.timeout\b/,
  /\bnew (?:WebSocket|Worker|EventSource)\b/,
  /(?<![.\w])(?:document|localStorage|sessionStorage|navigator)\.\w+/,
  /(?<![.\w])(?:window|location)\.(?:addEventListener|assign|hash|history|host|href|open|origin|reload|replace|search)\b/,
  /(?<![.\w])(?:hostname|matchMedia)\(/,
];

function impurityOfImport({ specifier, names, isType }: Import): string | undefined {
  if (isType || !specifier.startsWith('node:')) return undefined;
  const allowed = harmless[specifier.slice('node:'.length)];
  if (allowed === '*') return undefined;
  if (allowed !== undefined && names.length > 0 && names.every((name) => allowed.includes(name)))
    return undefined;
  return specifier;
}

/** What a file does itself that no pure file may; undefined when it only computes. */
function impurityOf({ imports, code }: SourceFile): string | undefined {
  const builtin = imports.map(impurityOfImport).find((problem) => problem !== undefined);
  if (builtin !== undefined) return builtin;
  const patterns = ownProcess.test(code) ? forbidden : [...forbidden, nodeProcess];
  for (const pattern of patterns) {
    const found = pattern.exec(code);
    if (found !== null) return found[0].replace(/\($/, '()');
  }
  return undefined;
}

function saysPure({ header }: SourceFile): boolean {
  return /\bpure\b/i.test(header);
}

export interface SourceTree {
  /** By address, `packages/node/src/limits.ts`. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** The address of the file behind a door, `@convoy/node/etf`. */
  readonly doors: ReadonlyMap<string, string>;
}

/** Where an import leads inside of the tree; undefined for what is not ours. */
function leadsTo(tree: SourceTree, address: string, one: Import): string | undefined {
  const target = targetOf(address, one) ?? tree.doors.get(one.specifier);
  return target !== undefined && tree.sources.has(target) ? target : undefined;
}

/** The file in which `name` of `address` is declared: doors are followed to what they export. */
function declaringFile(tree: SourceTree, address: string, name: string): string | undefined {
  const source = tree.sources.get(address);
  if (source === undefined || source.declared.has(name)) return source && address;
  for (const one of source.imports) {
    if (one.isType || !(one.names.includes(name) || one.names.includes('*'))) continue;
    const next = leadsTo(tree, address, one);
    const found = next === undefined ? undefined : declaringFile(tree, next, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The files whose values an import brings in. */
function reached(tree: SourceTree, address: string, one: Import): string[] {
  const target = one.isType ? undefined : leadsTo(tree, address, one);
  if (target === undefined) return [];
  if (one.names.length === 0 || one.names.includes('*')) return [target];
  return one.names.map((name) => declaringFile(tree, target, name) ?? target);
}

/** The imports from a file to the first impure one it runs, with what that one does; `undefined` if all are pure. */
function wayToImpurity(tree: SourceTree, address: string, seen: Set<string>): string[] | undefined {
  const source = tree.sources.get(address);
  if (source === undefined || seen.has(address)) return undefined;
  seen.add(address);
  const own = impurityOf(source);
  if (own !== undefined) return [address, own];
  for (const one of source.imports) {
    for (const next of reached(tree, address, one)) {
      const way = wayToImpurity(tree, next, seen);
      if (way !== undefined) return [address, ...way];
    }
  }
  return undefined;
}

/** Every file that says it is pure and is not, a line each. */
export function purityProblems(tree: SourceTree): string[] {
  const problems: string[] = [];
  for (const [address, source] of tree.sources) {
    if (!saysPure(source)) continue;
    const way = wayToImpurity(tree, address, new Set());
    if (way === undefined) continue;
    const through = way.slice(1, -1);
    const end =
      through.length === 0
        ? `uses ${way.at(-1)}`
        : `imports ${through.join(' -> ')}, which uses ${way.at(-1)}`;
    problems.push(`${address} says it is pure, but ${end}`);
  }
  return problems;
}
