/** An attempt to attach a cluster, as the form shows it: the draft, what is wrong with it, and how far the attempt has come. */

import type { ClusterView, Problem } from '@convoy/console/protocol';
import { useEffect, useRef, useState } from 'preact/hooks';
import { goTo } from '../../router.ts';
import { attachCluster, detachCluster } from '../../state/clusters/cluster-acts.ts';
import {
  type ClusterDraft,
  type DraftProblems,
  draftOf,
  emptyDraft,
  problemsAsTyped,
  problemsAtEnd,
  requestOf,
} from '../../state/clusters/cluster-draft.ts';
import { clusters, findCluster, freeColor } from '../../state/clusters/clusters.ts';
import { showCluster } from '../../state/clusters/shown-cluster.ts';
import { closeDialog } from '../../state/page/dialogs.ts';
import { showMessage, showProblem } from '../../state/page/toasts.ts';

export interface ConnectAttempt {
  readonly draft: ClusterDraft;
  readonly problems: DraftProblems;
  /** The cluster of the attempt, as soon as the console has told of it. */
  readonly cluster: ClusterView | undefined;
  /** Why the console did not even try. */
  readonly refusal: Problem | undefined;
  readonly phase: 'idle' | 'trying' | 'failed';
  /** Counts the failures, and the submissions of a form with problems. */
  readonly turn: number;
  readonly change: (change: Partial<ClusterDraft>) => void;
  readonly submit: () => Promise<void>;
  /** Gives up the attempt; the form stays. */
  readonly giveUp: () => Promise<void>;
}

function firstDraft(cluster: ClusterView | undefined): ClusterDraft {
  if (cluster?.request === undefined) return emptyDraft(freeColor());
  const places = clusters.value.filter(({ kind }) => kind === 'place').map(({ id }) => id);
  return draftOf(cluster.request, { color: cluster.color, places });
}

/** The names that a new cluster cannot have: those of all others that have been attached. */
function takenNames(attempt: string | undefined): readonly string[] {
  return clusters.value.map(({ id }) => id).filter((id) => id !== attempt);
}

/** Shows the nodes of a cluster that has just been attached. */
function arrive(cluster: ClusterView): void {
  showCluster(cluster.id);
  closeDialog();
  goTo({ page: 'nodes' });
  showMessage(`Connected to ${cluster.label}`);
}

/** Follows the cluster of an attempt: arrives when it is up, and notices when it is taken away. */
function useProgress(
  attempt: string | undefined,
  { onFailed, onGone }: { readonly onFailed: () => void; readonly onGone: () => void },
): ClusterView | undefined {
  const cluster = attempt === undefined ? undefined : findCluster(attempt);
  const wasSeen = useRef(false);
  useEffect(() => {
    if (cluster?.state === 'up') arrive(cluster);
    if (cluster?.state === 'failed') onFailed();
    if (cluster === undefined && wasSeen.current) onGone();
    wasSeen.current = cluster !== undefined;
  }, [attempt, cluster?.state]);
  return cluster;
}

export function useConnectAttempt(id: string | undefined): ConnectAttempt {
  const [draft, setDraft] = useState(() => firstDraft(id === undefined ? undefined : findCluster(id)));
  const [attempt, setAttempt] = useState(id);
  const [isAsking, setAsking] = useState(false);
  const [refusal, setRefusal] = useState<Problem | undefined>(undefined);
  const [isComplete, setComplete] = useState(true);
  const [turn, setTurn] = useState(0);
  const nextTurn = (): void => setTurn((before) => before + 1);
  const cluster = useProgress(attempt, { onFailed: nextTurn, onGone: () => setAttempt(undefined) });
  const typed = problemsAsTyped(draft, takenNames(attempt));
  const ending = problemsAtEnd(draft);
  const submit = async (): Promise<void> => {
    const isWrong = Object.keys({ ...typed, ...ending }).length > 0;
    setComplete(!isWrong);
    if (isWrong) return nextTurn();
    setAsking(true);
    setRefusal(undefined);
    // The name of a failed attempt is free again only when it has been given up.
    const stuck = attempt === undefined ? undefined : await detachCluster(attempt);
    setAttempt(undefined);
    const outcome = stuck === undefined ? await attachCluster(requestOf(draft)) : { problem: stuck };
    setAsking(false);
    if ('id' in outcome) return setAttempt(outcome.id);
    setRefusal(outcome.problem);
    nextTurn();
  };
  const giveUp = async (): Promise<void> => {
    setRefusal(undefined);
    setAttempt(undefined);
    const problem = attempt === undefined ? undefined : await detachCluster(attempt);
    if (problem !== undefined) showProblem(problem);
  };
  return {
    draft,
    problems: isComplete ? typed : { ...ending, ...typed },
    cluster,
    refusal,
    phase: phaseOf({ isAsking, attempt, cluster, refusal }),
    turn,
    change: (change) => setDraft((before) => ({ ...before, ...change })),
    submit,
    giveUp,
  };
}

function phaseOf(at: {
  readonly isAsking: boolean;
  readonly attempt: string | undefined;
  readonly cluster: ClusterView | undefined;
  readonly refusal: Problem | undefined;
}): ConnectAttempt['phase'] {
  if (at.isAsking) return 'trying';
  if (at.refusal !== undefined || at.cluster?.state === 'failed') return 'failed';
  return at.attempt === undefined ? 'idle' : 'trying';
}
