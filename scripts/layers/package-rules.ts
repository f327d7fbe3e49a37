/** What the table of a package consists of. */

/** A folder or a file without its ending, relative to the package's `src`; the longest match counts. */
export interface Layer {
  readonly place: string;
  /**
   * Other places of the same package it may import, each listed before it. `*` is all of those. Rows that lie within its own
   * place need no mention.
   */
  readonly mayImport: readonly string[];
  /** Built-in modules it may import, without `node:`. Left out: none. */
  readonly builtins?: readonly string[];
}

export interface PackageRules {
  /** Doors of our own packages it may import. */
  readonly packages: readonly string[];
  /** Those of them it may import types from, and nothing that runs. */
  readonly typesOnly?: readonly string[];
  readonly layers: readonly Layer[];
  /** Folders that may hold more than 14 files, each with its reason beside it. */
  readonly largeFolders?: readonly string[];
}

/** The small doors of `@convoy/node` that load nothing, also for the page. */
export const floorDoors = ['@convoy/node/async', '@convoy/node/names'];
