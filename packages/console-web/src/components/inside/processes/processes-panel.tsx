/** The processes of a node: a list of the top ones, or one of them, as the address says. */

import type { JSX } from 'preact';
import type { PanelProps } from '../parts/panel-props.ts';
import { ProcessPage } from '../process/process-page.tsx';
import { ProcessList } from './process-list.tsx';
import '../../../styles/inside/panel.css';
import '../../../styles/inside/processes.css';

export function ProcessesPanel({ node, item }: PanelProps): JSX.Element {
  if (item === undefined) return <ProcessList node={node} />;
  return <ProcessPage key={item} node={node} pid={item} />;
}
