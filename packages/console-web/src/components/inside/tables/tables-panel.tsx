/** The ETS tables of a node: the largest ones, or the first rows of one, as the address says. */

import type { JSX } from 'preact';
import type { PanelProps } from '../parts/panel-props.ts';
import { TableList } from './table-list.tsx';
import { TableRows } from './table-rows.tsx';
import '../../../styles/inside/panel.css';
import '../../../styles/inside/processes.css';

export function TablesPanel({ node, item }: PanelProps): JSX.Element {
  if (item === undefined) return <TableList node={node} />;
  return <TableRows key={item} node={node} table={item} />;
}
