/** A supervision tree as the rows that are seen: which are open, and the lines that are drawn before them. Pure. */

import type { TreeNodeView } from '@convoy/console/protocol';

export interface TreeRow {
  /** The same for the same process after each refresh. */
  readonly key: string;
  readonly parent: string | undefined;
  readonly process: TreeNodeView;
  /** The root has level 1. */
  readonly level: number;
  /** From 1, among its siblings. */
  readonly position: number;
  readonly siblings: number;
  readonly isOpen: boolean;
  /** For each ancestor below the root, the nearest last: whether its line goes on to a later sibling. */
  readonly guides: readonly boolean[];
}

/** Whether the user has opened or closed a row, by its key. */
export type Openings = ReadonlyMap<string, boolean>;

/** More children than these are folded at first, and so is what is deeper. */
const mostUnfolded = 25;
const deepestUnfolded = 3;
/** More rows would make the page slow. */
export const mostRows = 1500;

/** What tells the process from others, best first. Children of dynamic supervisors have the id `undefined`. */
export function titleOfProcess({ name, id, initialCall, pid }: TreeNodeView): string {
  const ownId = id === 'undefined' ? undefined : id;
  return name ?? ownId ?? initialCall ?? pid ?? 'not running';
}

function isOpenAtFirst({ children }: TreeNodeView, level: number): boolean {
  return level === 1 || (children.length <= mostUnfolded && level <= deepestUnfolded);
}

interface Place {
  readonly parent: string | undefined;
  readonly level: number;
  readonly guides: readonly boolean[];
}

/** The rows that are seen, from the top; at most `mostRows`. */
export function treeRows(root: TreeNodeView, openings: Openings): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const walk = (siblings: readonly TreeNodeView[], { parent, level, guides }: Place): void => {
    const seen = new Map<string, number>();
    for (const [index, process] of siblings.entries()) {
      if (rows.length >= mostRows) return;
      const own = process.pid ?? process.id ?? process.name ?? '';
      const count = (seen.get(own) ?? 0) + 1;
      seen.set(own, count);
      const key = `${parent ?? ''}/${own}${count === 1 ? '' : ` ${count}`}`;
      const isOpen = process.children.length > 0 && (openings.get(key) ?? isOpenAtFirst(process, level));
      const position = index + 1;
      rows.push({ key, parent, process, level, position, siblings: siblings.length, isOpen, guides });
      const goesOn = level === 1 ? [] : [position < siblings.length];
      if (isOpen) walk(process.children, { parent: key, level: level + 1, guides: [...guides, ...goesOn] });
    }
  };
  walk([root], { parent: undefined, level: 1, guides: [] });
  return rows;
}

/** What a key does in the tree: moves to a row, opens or closes rows. */
export type TreeStep =
  | { readonly to: string }
  | { readonly open: readonly string[] }
  | { readonly close: readonly string[] };

/** What a key does on the row with the key `current`, as trees of desktops do; `undefined` for no key of a tree. */
export function treeStep(rows: readonly TreeRow[], current: string, pressed: string): TreeStep | undefined {
  const at = rows.findIndex(({ key }) => key === current);
  const row = rows[at];
  if (row === undefined) return undefined;
  const to = (target: TreeRow | undefined): TreeStep | undefined =>
    target === undefined ? undefined : { to: target.key };
  switch (pressed) {
    case 'ArrowDown':
      return to(rows[at + 1]);
    case 'ArrowUp':
      return to(rows[at - 1]);
    case 'Home':
      return to(rows[0]);
    case 'End':
      return to(rows.at(-1));
    case 'ArrowRight':
      if (row.process.children.length === 0) return undefined;
      return row.isOpen ? to(rows[at + 1]) : { open: [row.key] };
    case 'ArrowLeft':
      return row.isOpen ? { close: [row.key] } : to(rows.find(({ key }) => key === row.parent));
    case '*':
      return {
        open: rows
          .filter(({ parent, process }) => parent === row.parent && process.children.length > 0)
          .map(({ key }) => key),
      };
    default:
      return undefined;
  }
}

/** The next row from `current` on whose title begins with what was typed. A single letter moves on from the current row. */
export function rowByTyping(rows: readonly TreeRow[], current: string, typed: string): string | undefined {
  const at = Math.max(
    0,
    rows.findIndex(({ key }) => key === current),
  );
  const from = typed.length === 1 ? at + 1 : at;
  const around = [...rows.slice(from), ...rows.slice(0, from)];
  const wanted = typed.toLowerCase();
  return around.find(({ process }) => titleOfProcess(process).toLowerCase().startsWith(wanted))?.key;
}
