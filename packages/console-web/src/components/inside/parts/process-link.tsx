/** A process as its node prints it, with a link to it if it is one of that node. */

import type { JSX } from 'preact';
import { pidIn } from '../../../state/inside/process-ids.ts';
import { PageLink } from '../../page-link.tsx';

export function ProcessLink(props: {
  /** Id of the node. */
  readonly node: string;
  /** A process, a name, a port: `<0.85.0>`, `kernel_sup`, `#Port<0.4>`. */
  readonly text: string;
  /** What it is to what is shown: `Parent`. A page may have several links to one process. */
  readonly as: string;
}): JSX.Element {
  const { node, text, as } = props;
  const pid = pidIn(text);
  if (pid === undefined) return <code class="party">{text}</code>;
  return (
    <PageLink
      class="party"
      to={{ page: 'nodes', node, panel: 'processes', item: pid }}
      label={`${as}: ${text}`}
    >
      <code>{text}</code>
    </PageLink>
  );
}
