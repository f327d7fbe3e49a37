/** A supervision tree as lines for people. Pure. */

import type { TreeNodeView } from '@convoy/console/protocol';
import type { Shown } from '../../targets/inspecting/inspected-node.ts';
import { cutText } from '../../terminal/fitted-table.ts';
import { bytesText, countText } from '../../terminal/units.ts';

type Tree = Shown<TreeNodeView>;

/** How the children of a supervisor are known if it has not named them. */
const notes: Readonly<Record<NonNullable<Tree['source']>, string>> = {
  asked: '',
  slow: 'did not answer: its links',
  busy: 'has many messages waiting: its links',
  huge: 'has too many children: some of its links',
  unasked: 'was not asked: its links',
  cut: 'deeper than is shown',
};

/** The tree, a process per line. `width` is that of the terminal. */
export function treeText(root: Tree, width: number | undefined): string {
  return [...linesOf(root, '', '')]
    .map((line) => (width === undefined ? line : cutText(line, width)))
    .join('\n');
}

function* linesOf(node: Tree, first: string, rest: string): Generator<string> {
  yield first + nodeText(node);
  const { children, childCount = 0 } = node;
  const missing = Math.max(0, childCount - children.length);
  for (const [at, child] of children.entries()) {
    const isLast = at === children.length - 1 && missing === 0;
    yield* linesOf(child, `${rest}${isLast ? '└─ ' : '├─ '}`, `${rest}${isLast ? '   ' : '│  '}`);
  }
  if (missing > 0) yield `${rest}└─ and ${countText(missing)} more`;
}

function nodeText({
  pid,
  id,
  name,
  initialCall,
  kind,
  source,
  memoryBytes,
  messageQueueLength,
}: Tree): string {
  const called = name ?? id ?? initialCall ?? '';
  const call = called === initialCall ? undefined : initialCall;
  const queue =
    messageQueueLength === undefined || messageQueueLength === 0
      ? undefined
      : `${countText(messageQueueLength)} waiting`;
  const note = source === undefined ? '' : notes[source];
  return [
    called,
    pid,
    kind === 'worker' ? undefined : kind === 'supervisor' ? 'supervisor' : 'not running',
    call,
    memoryBytes === undefined ? undefined : bytesText(memoryBytes),
    queue,
    note === '' ? undefined : `(${note})`,
  ]
    .filter((part) => part !== undefined && part !== '')
    .join('  ');
}
