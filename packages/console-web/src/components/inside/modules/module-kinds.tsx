/** The choice between the modules of a node and the differences in its cluster. */

import type { JSX } from 'preact';
import { moduleKinds, moduleView, showModules } from '../../../state/inside/panels/modules.ts';
import { Segments } from '../parts/segments.tsx';

export function ModuleKinds(): JSX.Element {
  return (
    <Segments
      label="Which modules"
      name="modules"
      value={moduleView.value.kind}
      options={moduleKinds}
      onChoose={(kind) => showModules({ kind })}
    />
  );
}
