/** A cluster: how it is reached, its label, colour, production mark and acting, joining its members again, and leaving it. */

import type { ClusterView, Problem } from '@convoy/console/protocol';
import type { ComponentChildren, JSX } from 'preact';
import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import { changeCluster } from '../../state/clusters/cluster-acts.ts';
import { clusterStates, findCluster } from '../../state/clusters/clusters.ts';
import { isApart, nodes } from '../../state/nodes/nodes.ts';
import { closeDialog, openDialog } from '../../state/page/dialogs.ts';
import { formatCount } from '../../state/page/format.ts';
import { JoinAllButton } from '../clusters/apart-notice.tsx';
import { Dialog } from '../dialog.tsx';
import { Findings } from '../nodes/doctor-dialog.tsx';
import { ProblemText } from '../problem-text.tsx';
import { ColorField } from './color-field.tsx';
import { SwitchRow } from './switch-row.tsx';
import { TextField } from './text-field.tsx';

const mostLabelCharacters = 60;

function labelProblem(label: string): string | undefined {
  const length = label.trim().length;
  if (length === 0) return 'A cluster has a label.';
  return length > mostLabelCharacters
    ? `A label has at most ${mostLabelCharacters} characters; this one has ${length}.`
    : undefined;
}

function countsOf({ id }: ClusterView): string {
  const members = nodes.value.filter(({ cluster }) => cluster === id);
  const up = members.filter(({ status }) => status === 'up').length;
  const apart = members.filter(isApart).length;
  const counts = `${up} of ${formatCount(members.length, 'node')} up`;
  return apart === 0 ? counts : `${counts}, ${apart} apart from the others`;
}

/** What is known of the cluster, as pairs of a word and a value. */
function factsOf(cluster: ClusterView): readonly (readonly [string, ComponentChildren])[] {
  const { state, entry, ownNode, request } = cluster;
  const facts: (readonly [string, ComponentChildren])[] = [
    ['State', clusterStates[state]],
    ['Nodes', countsOf(cluster)],
    ['Asked through', entry],
    ['Hidden node of the console', ownNode],
    ['Way', request && (request.via ?? 'directly')],
    ['They speak', request?.proto],
    ['After a restart', request && (request.keep ? 'attached again' : 'forgotten: it is not saved')],
  ];
  return facts.filter(([, value]) => value !== undefined);
}

function Facts({ cluster }: { readonly cluster: ClusterView }): JSX.Element {
  return (
    <dl class="facts" data-testid="cluster-facts">
      {factsOf(cluster).map(([word, value]) => (
        <Fragment key={word}>
          <dt>{word}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

function Members({ cluster }: { readonly cluster: ClusterView }): JSX.Element {
  const { id, kind, state } = cluster;
  return (
    <div class="button-row">
      {state === 'failed' ? (
        <button
          type="button"
          class="button"
          data-testid="cluster-correct"
          onClick={() => {
            openDialog.value = { kind: 'connect', cluster: id };
          }}
        >
          Correct it and try again…
        </button>
      ) : (
        <JoinAllButton cluster={id} />
      )}
      {kind === 'attached' && (
        <button
          type="button"
          class="button"
          data-testid="leave-cluster"
          onClick={() => {
            openDialog.value = { kind: 'leaveCluster', cluster: id };
          }}
        >
          Leave the cluster…
        </button>
      )}
    </div>
  );
}

/** Why no member is connected. */
function Trouble({ cluster }: { readonly cluster: ClusterView }): JSX.Element | null {
  const { problem, diagnosis } = cluster;
  if (problem === undefined) return null;
  return (
    <section class="verdict" aria-label="Why it is not connected">
      <ProblemText testId="cluster-state" problem={problem} />
      {diagnosis !== undefined && <Findings diagnosis={diagnosis} />}
    </section>
  );
}

type ClusterRules = Pick<ClusterView, 'production' | 'acting'>;

/** What is asked before changes, and what may be done inside of nodes. */
function Rules(props: {
  readonly rules: ClusterRules;
  readonly onChange: (change: Partial<ClusterRules>) => void;
}): JSX.Element {
  const { rules, onChange } = props;
  return (
    <>
      <SwitchRow
        label="Production"
        hint="This page asks before it changes anything there."
        testId="cluster-production"
        checked={rules.production}
        // As the console does with the mark.
        onChange={(production) => onChange({ production, acting: !production })}
      />
      <SwitchRow
        label="Acting inside nodes"
        hint="Users may kill processes there and have them collect garbage. Looking is always possible."
        testId="cluster-acting"
        checked={rules.acting}
        onChange={(acting) => onChange({ acting })}
      />
    </>
  );
}

/** The form of what people see of the cluster, and of its rules. It starts with what it is when the dialog opens. */
function LooksForm({ cluster }: { readonly cluster: ClusterView }): JSX.Element {
  const [label, setLabel] = useState(cluster.label);
  const [color, setColor] = useState(cluster.color);
  const [rules, setRules] = useState<ClusterRules>({
    production: cluster.production,
    acting: cluster.acting,
  });
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const wrong = labelProblem(label);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy || wrong !== undefined) return;
    setBusy(true);
    const refusal = await changeCluster(cluster.id, { label: label.trim(), color, ...rules });
    if (refusal === undefined) return closeDialog();
    setBusy(false);
    setProblem(refusal);
  };
  return (
    <form class="form" noValidate onSubmit={(event) => void save(event)}>
      <TextField
        label="Label"
        isFirst
        testId="cluster-label"
        value={label}
        problem={wrong}
        hint="What people call it."
        onInput={setLabel}
      />
      <ColorField value={color} onChoose={setColor} />
      <Rules rules={rules} onChange={(change) => setRules({ ...rules, ...change })} />
      {problem !== undefined && <ProblemText testId="cluster-problem" problem={problem} />}
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={closeDialog}>
          Cancel
        </button>
        <button
          type="submit"
          class="button primary"
          data-testid="cluster-save"
          aria-busy={isBusy}
          disabled={wrong !== undefined}
        >
          Save
        </button>
      </footer>
    </form>
  );
}

export function ClusterDialog({ id }: { readonly id: string }): JSX.Element | null {
  const cluster = findCluster(id);
  if (cluster === undefined) return null;
  return (
    <Dialog title={cluster.label} onClose={closeDialog} testId="cluster-dialog">
      <Facts cluster={cluster} />
      <Trouble cluster={cluster} />
      <Members cluster={cluster} />
      <LooksForm cluster={cluster} />
    </Dialog>
  );
}
