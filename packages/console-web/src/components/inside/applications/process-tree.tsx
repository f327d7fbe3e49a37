/** A supervision tree: drawn with its lines, and a tree for the keyboard and for screen readers. */

import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { goTo } from '../../../router.ts';
import type { SupervisionTree } from '../../../state/inside/questions.ts';
import {
  mostRows,
  type Openings,
  rowByTyping,
  type TreeRow,
  treeRows,
  type TreeStep,
  treeStep,
} from '../../../state/inside/tree-rows.ts';
import { TreeRowView } from './tree-row.tsx';

/** Letters that follow one another faster than this are one word. */
const typingMs = 700;

interface TreeState {
  readonly rows: readonly TreeRow[];
  /** Key of the row that Tab reaches. */
  readonly active: string;
  readonly setOpen: (keys: readonly string[], isOpen: boolean) => void;
  readonly activate: (key: string) => void;
}

function useTree(root: SupervisionTree): TreeState {
  const [openings, setOpenings] = useState<Openings>(new Map());
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const rows = treeRows(root, openings);
  // The row may have gone with its process.
  const active = rows.find(({ key }) => key === chosen)?.key ?? rows[0]?.key ?? '';
  return {
    rows,
    active,
    setOpen: (keys, isOpen) =>
      setOpenings((before) => new Map([...before, ...keys.map((key) => [key, isOpen] as const)])),
    activate: setChosen,
  };
}

function rowElement(list: HTMLElement | null, key: string): HTMLElement | null {
  return list?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? null;
}

/** What is typed to find a row, as one word for as long as the typing goes on. */
function useTyping(): { readonly add: (letter: string) => string; readonly end: () => void } {
  const typed = useRef({ word: '', at: 0 });
  return {
    add(letter) {
      const now = Date.now();
      const { word, at } = typed.current;
      typed.current = { word: now - at < typingMs ? word + letter : letter, at: now };
      return typed.current.word;
    },
    end() {
      typed.current = { word: '', at: 0 };
    },
  };
}

/** Keys of the tree. The row that they lead to has the focus once it is drawn. */
function useTreeKeys(
  tree: TreeState,
  list: { readonly current: HTMLElement | null },
  node: string,
): (event: KeyboardEvent) => void {
  const typing = useTyping();
  const wanted = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    if (wanted.current !== undefined) rowElement(list.current, wanted.current)?.focus();
    wanted.current = undefined;
  });
  const take = (step: TreeStep): void => {
    if ('open' in step) return tree.setOpen(step.open, true);
    if ('close' in step) return tree.setOpen(step.close, false);
    wanted.current = step.to;
    tree.activate(step.to);
  };
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { rows, active } = tree;
    const pid = rows.find(({ key }) => key === active)?.process.pid;
    const step = treeStep(rows, active, event.key);
    if (step !== undefined) {
      typing.end();
      take(step);
    } else if (event.key === 'Enter' && pid !== undefined)
      goTo({ page: 'nodes', node, panel: 'processes', item: pid });
    else if (event.key.length === 1 && event.key !== ' ') {
      const to = rowByTyping(rows, active, typing.add(event.key));
      if (to !== undefined) take({ to });
    } else return;
    event.preventDefault();
    // Letters mean something else to the page.
    event.stopPropagation();
  };
}

export function ProcessTree(props: {
  readonly node: string;
  readonly application: string;
  readonly root: SupervisionTree;
}): JSX.Element {
  const { node, application, root } = props;
  const tree = useTree(root);
  const list = useRef<HTMLUListElement>(null);
  const onKeyDown = useTreeKeys(tree, list, node);
  return (
    <div class="data-frame">
      <ul
        ref={list}
        class="tree"
        role="tree"
        aria-label={`Processes of ${application}`}
        data-testid="tree"
        onKeyDown={onKeyDown}
      >
        {tree.rows.map((row) => (
          <TreeRowView
            key={row.key}
            node={node}
            row={row}
            isActive={row.key === tree.active}
            onToggle={() => tree.setOpen([row.key], !row.isOpen)}
            onActivate={() => tree.activate(row.key)}
          />
        ))}
      </ul>
      {tree.rows.length >= mostRows && (
        <p class="quiet padded">Only the first {mostRows} are shown. Fold some to see those below.</p>
      )}
    </div>
  );
}
