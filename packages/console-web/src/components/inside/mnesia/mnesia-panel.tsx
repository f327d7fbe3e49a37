/** Mnesia on a node: its tables, or rows of one, as the address says. */

import type { JSX } from 'preact';
import { askMnesiaRows } from '../../../state/inside/panels/part-questions.ts';
import { KeyedRows } from '../parts/keyed-rows.tsx';
import type { PanelProps } from '../parts/panel-props.ts';
import { MnesiaTables } from './mnesia-tables.tsx';
import '../../../styles/inside/panel.css';
import '../../../styles/inside/processes.css';
import '../../../styles/inside/lists.css';

export function MnesiaPanel({ node, item }: PanelProps): JSX.Element {
  if (item === undefined) return <MnesiaTables node={node} />;
  return <KeyedRows key={item} node={node} panel="mnesia" table={item} ask={askMnesiaRows} />;
}
