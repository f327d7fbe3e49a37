/** What can be done with a process: have it collect its garbage, and kill it. Only where acting is switched on. */

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { actingIn, collectIn, killIn } from '../../../state/inside/acts.ts';
import { clusterLabel, isProduction } from '../../../state/clusters/clusters.ts';
import { nodeTitle } from '../../../state/clusters/node-titles.ts';
import { findNode } from '../../../state/nodes/nodes.ts';
import { ProductionNoteOf } from '../../clusters/production-note.tsx';
import { Dialog } from '../../dialog.tsx';
import { PageLink } from '../../page-link.tsx';
import { ActingOff } from '../parts/acting-off.tsx';

interface Subject {
  readonly node: string;
  readonly pid: string;
}

function KillQuestion(props: {
  readonly subject: Subject;
  readonly cluster: string;
  readonly onClose: (isConfirmed: boolean) => void;
}): JSX.Element {
  const { subject, cluster, onClose } = props;
  const where = isProduction(cluster) ? ` in ${clusterLabel(cluster)}` : '';
  return (
    <Dialog
      title={`Kill this process${where}?`}
      role="alertdialog"
      testId="kill-dialog"
      onClose={() => onClose(false)}
    >
      <ProductionNoteOf cluster={cluster} />
      <p>
        <code>{subject.pid}</code> on {nodeTitle(subject.node)} is ended at once, without a chance to clean
        up. Processes that are linked to it end as well unless they trap exits; its supervisor, if it has one,
        may start it again.
      </p>
      <footer class="dialog-foot">
        <button type="button" class="button" data-autofocus onClick={() => onClose(false)}>
          Cancel
        </button>
        <button type="button" class="button danger" data-testid="confirm-kill" onClick={() => onClose(true)}>
          Kill
        </button>
      </footer>
    </Dialog>
  );
}

export function ProcessActs(props: {
  readonly node: string;
  readonly pid: string;
  /** Something was done: what is shown is old. */
  readonly onDone: () => void;
}): JSX.Element | null {
  const { node, pid, onDone } = props;
  const [isAsking, setAsking] = useState(false);
  const cluster = findNode(node)?.cluster;
  if (cluster === undefined) return null;
  const isOff = !actingIn(cluster);
  const described = isOff ? 'acting-off' : undefined;
  return (
    <div class="acts" role="group" aria-label={`Acts on ${pid}`}>
      {isOff && <ActingOff cluster={cluster} />}
      <PageLink class="button" to={{ page: 'nodes', node, panel: 'trace', item: pid }} testId="trace-process">
        Trace its calls
      </PageLink>
      <PageLink
        class="button"
        to={{ page: 'nodes', node, panel: 'send', item: pid }}
        testId="send-to-process"
      >
        Send or call
      </PageLink>
      <button
        type="button"
        class="button"
        data-testid="collect"
        disabled={isOff}
        aria-describedby={described}
        title="Has the process collect its garbage now"
        onClick={() => void collectIn({ node, pid, cluster }).then(onDone)}
      >
        Collect garbage
      </button>
      <button
        type="button"
        class="button quiet-danger"
        data-testid="kill"
        disabled={isOff}
        aria-describedby={described}
        onClick={() => setAsking(true)}
      >
        Kill…
      </button>
      {isAsking && (
        <KillQuestion
          subject={{ node, pid }}
          cluster={cluster}
          onClose={(isConfirmed) => {
            setAsking(false);
            if (isConfirmed) void killIn({ node, pid }).then(onDone);
          }}
        />
      )}
    </div>
  );
}
