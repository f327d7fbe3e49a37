/** The modules of a node: those that are loaded, one of them as the address says, or which nodes run different code. */

import type { JSX } from 'preact';
import { moduleView } from '../../../state/inside/panels/modules.ts';
import { findNode } from '../../../state/nodes/nodes.ts';
import type { PanelProps } from '../parts/panel-props.ts';
import { CodeComparison } from './code-comparison.tsx';
import { ModuleKinds } from './module-kinds.tsx';
import { ModuleList } from './module-list.tsx';
import { ModulePage } from './module-page.tsx';
import '../../../styles/inside/panel.css';
import '../../../styles/inside/processes.css';
import '../../../styles/inside/lists.css';
import '../../../styles/inside/modules.css';

function Shown({ node, item }: PanelProps): JSX.Element {
  const cluster = findNode(node)?.cluster;
  if (item !== undefined) return <ModulePage key={item} node={node} module={item} />;
  const isLoaded = moduleView.value.kind === 'loaded' || cluster === undefined;
  return (
    <>
      <div class="panel-tools">
        <ModuleKinds />
      </div>
      {isLoaded ? <ModuleList node={node} /> : <CodeComparison node={node} cluster={cluster} />}
    </>
  );
}

export function ModulesPanel(props: PanelProps): JSX.Element {
  const testId = props.item === undefined ? 'panel-modules' : 'panel-module';
  return (
    <div class="panel" data-testid={testId}>
      <Shown {...props} />
    </div>
  );
}
