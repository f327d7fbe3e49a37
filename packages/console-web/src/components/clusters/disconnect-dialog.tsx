/** Asks before two nodes are disconnected, and says beforehand what OTP will do. */

import type { DisconnectForecastView, NodeView, Problem } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { disconnect } from '../../state/actions.ts';
import { forecastDisconnect } from '../../state/clusters/cluster-acts.ts';
import { clusterLabel } from '../../state/clusters/clusters.ts';
import { nodeTitle } from '../../state/clusters/node-titles.ts';
import { findNode } from '../../state/nodes/nodes.ts';
import { askedOf } from '../../state/nodes/peering.ts';
import { closeDialog } from '../../state/page/dialogs.ts';
import { Dialog } from '../dialog.tsx';
import { Glyph } from '../glyphs.tsx';
import { ProblemText } from '../problem-text.tsx';
import { LinkList } from './link-list.tsx';
import { ProductionNoteOf } from './production-note.tsx';

type Leaving = DisconnectForecastView['leaving'][number];

function keptBy({ name, keeps }: Leaving): string {
  return keeps.length === 0
    ? `${name} keeps no connection.`
    : `${name} stays connected to ${keeps.join(', ')} only.`;
}

/** Why it may come otherwise. */
function doubtOf({ isRace, isCertain }: DisconnectForecastView): string {
  return [
    isRace
      ? 'Which of the two keeps its connections depends on whose report arrives first; this is the worst case.'
      : '',
    isCertain ? '' : 'Not all nodes have said how they are set up, so that more or less may happen.',
  ]
    .filter((text) => text !== '')
    .join(' ');
}

function Forecast({ forecast }: { readonly forecast: DisconnectForecastView }): JSX.Element {
  const { summary, lost, leaving } = forecast;
  const doubt = doubtOf(forecast);
  return (
    <div class="forecast" role="status" data-testid="forecast">
      <p>
        <strong>{summary}</strong>
      </p>
      {lost.length > 1 && <LinkList title="Connections that are lost" links={lost} />}
      {leaving.length > 0 && (
        <ul class="forecast-leaving">
          {leaving.map((node) => (
            <li key={node.name}>{keptBy(node)}</li>
          ))}
        </ul>
      )}
      {doubt !== '' && <p class="quiet">{doubt}</p>}
      {lost.length > 1 && (
        <p class="remedy boxed">
          <Glyph name="info" />
          <span>“Join all again” in the settings of the cluster connects them again.</span>
        </p>
      )}
    </div>
  );
}

type Answer = DisconnectForecastView | { readonly problem: Problem };

/** The answer of the nodes; `undefined` while they are asked. */
function useForecast(node: NodeView, other: NodeView): Answer | undefined {
  const [answer, setAnswer] = useState<Answer | undefined>(undefined);
  useEffect(() => {
    const { asked, peer } = askedOf(node, other);
    void forecastDisconnect(asked, peer).then(setAnswer);
  }, []);
  return answer;
}

function Question({ node, other }: { readonly node: NodeView; readonly other: NodeView }): JSX.Element {
  const answer = useForecast(node, other);
  return (
    <Dialog
      title={`Disconnect two nodes of ${clusterLabel(node.cluster)}?`}
      onClose={closeDialog}
      role="alertdialog"
      testId="disconnect-dialog"
    >
      <ProductionNoteOf cluster={node.cluster} />
      <p>
        <code>{nodeTitle(node.id)}</code> ends its connection with <code>{other.name}</code>.
      </p>
      {answer === undefined && <p class="quiet">Asking the nodes what OTP will do…</p>}
      {answer !== undefined && 'problem' in answer && (
        <ProblemText problem={answer.problem} testId="forecast-problem" />
      )}
      {answer !== undefined && 'summary' in answer && <Forecast forecast={answer} />}
      <footer class="dialog-foot">
        <button type="button" class="button" data-autofocus onClick={closeDialog}>
          Cancel
        </button>
        <button
          type="button"
          class="button danger"
          data-testid="confirm-disconnect"
          disabled={answer === undefined}
          onClick={() => {
            closeDialog();
            void disconnect(node, other);
          }}
        >
          Disconnect
        </button>
      </footer>
    </Dialog>
  );
}

export function DisconnectDialog(props: {
  readonly node: string;
  readonly other: string;
}): JSX.Element | null {
  const node = findNode(props.node);
  const other = findNode(props.other);
  return node === undefined || other === undefined ? null : <Question node={node} other={other} />;
}
