/** What every panel of a node is given. */

import type { JSX } from 'preact';

export interface PanelProps {
  /** Id of the node. */
  readonly node: string;
  /** What is shown alone, as the address names it: a process, an application, a table. */
  readonly item?: string | undefined;
}

export type PanelComponent = (props: PanelProps) => JSX.Element;
