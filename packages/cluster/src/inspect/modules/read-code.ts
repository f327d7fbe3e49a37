/** Compares the code of several nodes. Pure. */

import type { Term } from '@convoy/node/etf';
import { countOf, elementsOf, listOf, nameOf } from '../read/read-term.ts';
import { sumOf } from './read-modules.ts';

/** All code of a node in one value. */
export interface CodeFingerprint {
  /** The number of loaded modules. */
  readonly modules: number;
  /** 16 bytes, hexadecimal: equal on two nodes if they have loaded the same modules with the same code. */
  readonly fingerprint: string;
}

/** A module of which nodes run different code. */
export interface ModuleDifference {
  readonly module: string;
  /** The largest group first. Nodes that have not loaded the module are in none. */
  readonly groups: readonly { readonly md5: string; readonly nodes: readonly string[] }[];
}

/** The sums of the modules of a node, by module. */
export type CodeSums = ReadonlyMap<string, string>;

/** More modules than this are not compared. */
export const maxModules = 20_000;

/** Reads the answer to `fingerprintBody`; `undefined` if it is not one. */
export function readFingerprint(answer: Term): CodeFingerprint | undefined {
  const [count, sum] = elementsOf(answer);
  const [modules, fingerprint] = [countOf(count), sumOf(sum)];
  return modules === undefined || fingerprint === undefined ? undefined : { modules, fingerprint };
}

/** Reads the answer to `sumsBody`; `undefined` if it is not one. */
export function readSums(answer: Term): CodeSums | undefined {
  if (!Array.isArray(answer)) return undefined;
  const pairs = listOf(answer, maxModules).flatMap((one) => {
    const [module, sum] = elementsOf(one);
    const [name, md5] = [nameOf(module), sumOf(sum)];
    return name === undefined || md5 === undefined ? [] : [[name, md5] as const];
  });
  return new Map(pairs);
}

/** Reads the answer to `versionsBody`; `undefined` if it is not one. Modules whose version is not made by the compiler are missing. */
export function readVersions(answer: Term): ReadonlyMap<string, bigint> | undefined {
  if (!Array.isArray(answer)) return undefined;
  const pairs = listOf(answer, maxModules).flatMap((one) => {
    const [module, vsn] = elementsOf(one);
    const [name, version] = [nameOf(module), versionOf(vsn)];
    return name === undefined || version === undefined ? [] : [[name, version] as const];
  });
  return new Map(pairs);
}

/** Modules that are loaded on several nodes with different sums, by name. */
export function differingModules(sums: ReadonlyMap<string, CodeSums>): string[] {
  const first = new Map<string, string>();
  const differing = new Set<string>();
  for (const ofNode of sums.values()) {
    for (const [module, md5] of ofNode) {
      const known = first.get(module);
      if (known === undefined) first.set(module, md5);
      else if (known !== md5) differing.add(module);
    }
  }
  return Array.from(differing).sort();
}

/**
 * What is different about a module, by node; `undefined` if it is the same after all: stripping may change the sum, not the
 * version that the compiler gave it.
 */
export function differenceOf(
  module: string,
  {
    sums,
    versions,
  }: {
    readonly sums: ReadonlyMap<string, CodeSums>;
    readonly versions: ReadonlyMap<string, ReadonlyMap<string, bigint>>;
  },
): ModuleDifference | undefined {
  const versionOfSum = new Map<string, bigint>();
  for (const [node, ofNode] of sums) {
    const [md5, version] = [ofNode.get(module), versions.get(node)?.get(module)];
    if (md5 !== undefined && version !== undefined) versionOfSum.set(md5, version);
  }
  const groups = new Map<string, { readonly md5: string; readonly nodes: string[] }>();
  for (const [node, ofNode] of sums) {
    const md5 = ofNode.get(module);
    if (md5 === undefined) continue;
    const key = String(versionOfSum.get(md5) ?? md5);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { md5, nodes: [node] });
    else group.nodes.push(node);
  }
  if (groups.size < 2) return undefined;
  return { module, groups: Array.from(groups.values()) };
}

/** The difference with all nodes of each group that has equal fingerprints, the largest group first. */
export function withAllNodes(
  { module, groups }: ModuleDifference,
  alike: ReadonlyMap<string, readonly string[]>,
): ModuleDifference {
  const whole = groups.map(({ md5, nodes }) => ({
    md5,
    nodes: nodes.flatMap((node) => alike.get(node) ?? [node]),
  }));
  return { module, groups: whole.sort((one, other) => other.nodes.length - one.nodes.length) };
}

function versionOf(term: Term): bigint | undefined {
  // The compiler makes a number of 128 bits.
  return typeof term === 'bigint' && BigInt.asUintN(128, term) === term ? term : undefined;
}
