/** The ETS tables of a node: the largest ones, or rows of one, as the address says. */

import type { JSX } from 'preact';
import { askRows } from '../../../state/inside/questions.ts';
import { KeyedRows } from '../parts/keyed-rows.tsx';
import type { PanelProps } from '../parts/panel-props.ts';
import { TableList } from './table-list.tsx';
import '../../../styles/inside/panel.css';
import '../../../styles/inside/processes.css';

export function TablesPanel({ node, item }: PanelProps): JSX.Element {
  if (item === undefined) return <TableList node={node} />;
  return <KeyedRows key={item} node={node} panel="tables" table={item} ask={askRows} />;
}
