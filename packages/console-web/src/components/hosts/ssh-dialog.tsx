/** Connects to a host by SSH: asks for the target, shows the steps, and then the host with its nodes. */

import type { HostRequest, HostView, Problem } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { closeDialog, openDialog } from '../../state/page/dialogs.ts';
import { connectTo, followHost, hosts, leaveHost } from '../../state/nodes/hosts.ts';
import { Dialog } from '../dialog.tsx';
import { StepList } from '../nodes/step-list.tsx';
import { ProblemText } from '../problem-text.tsx';
import { HostPanel } from './host-panel.tsx';
import { ChangedKey, TrustQuestion } from './trust-question.tsx';

interface TargetFormProps {
  /** What is in the field at first. */
  readonly target: string;
  readonly problem: Problem | undefined;
  readonly onConnect: (target: string) => void;
}

function TargetForm({ target: first, problem, onConnect }: TargetFormProps): JSX.Element {
  const [target, setTarget] = useState(first);
  const hintId = useId();
  const submit = (event: Event): void => {
    event.preventDefault();
    if (target.trim() !== '') onConnect(target.trim());
  };
  return (
    <form class="form" noValidate onSubmit={submit}>
      <label class="field">
        <span>Host</span>
        <input
          type="text"
          value={target}
          placeholder="ops@db1.example"
          autocomplete="off"
          spellcheck={false}
          data-autofocus
          data-testid="ssh-target"
          aria-describedby={hintId}
          onInput={(event) => setTarget(event.currentTarget.value)}
        />
        <small id={hintId}>
          user@host, user@host:port, or an alias of ~/.ssh/config. Over a bastion: ops@bastion,app@10.0.0.7.
          Keys and known hosts are those of the user the console runs as.
        </small>
      </label>
      {problem !== undefined && <ProblemText testId="ssh-problem" problem={problem} />}
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={closeDialog}>
          Cancel
        </button>
        <button
          type="submit"
          class="button primary"
          data-testid="ssh-connect"
          disabled={target.trim() === ''}
        >
          Connect
        </button>
      </footer>
    </form>
  );
}

interface ProgressProps {
  readonly host: HostView;
  readonly onChange: () => void;
  readonly onAgain: () => void;
}

/** The steps of a connection that is being made or has failed. */
function Progress({ host, onChange, onAgain }: ProgressProps): JSX.Element {
  return (
    // It has the focus, so that what follows gets it: the question of trust, or the buttons after a failure.
    <div class="form" tabIndex={-1} data-autofocus data-testid="ssh-progress">
      <StepList steps={host.steps} />
      {host.problem !== undefined && <ProblemText testId="ssh-problem" problem={host.problem} isTold />}
      {host.state === 'failed' && (
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={closeDialog}>
            Close
          </button>
          <button type="button" class="button" data-testid="ssh-change" onClick={onChange}>
            Change the host
          </button>
          <button type="button" class="button primary" data-testid="ssh-again" onClick={onAgain}>
            Try again
          </button>
        </footer>
      )}
    </div>
  );
}

/** Forgets a host that was not reached. */
function giveUp(host: HostView): void {
  closeDialog();
  void leaveHost(host.id);
}

function titleOf(host: HostView | undefined): string {
  if (host === undefined) return 'Connect over SSH';
  if (host.problem?.code === 'SSH_HOST_KEY_UNKNOWN') return 'Is this the right host?';
  return host.problem?.code === 'SSH_HOST_KEY_CHANGED' ? 'The key of this host has changed' : host.name;
}

interface HostStateProps {
  readonly host: HostView;
  readonly onChange: () => void;
  /** With the fingerprint of the key that the user trusts. */
  readonly onConnect: (trusted?: string) => void;
}

/** What the dialog shows of a host, by how far the connection has come. */
function HostState({ host, onChange, onConnect }: HostStateProps): JSX.Element {
  if (host.state === 'up' || host.state === 'down') return <HostPanel host={host} />;
  const leave = (): void => giveUp(host);
  if (host.hostKey !== undefined && host.problem?.code === 'SSH_HOST_KEY_UNKNOWN')
    return <TrustQuestion hostKey={host.hostKey} onTrust={onConnect} onRefuse={leave} />;
  if (host.hostKey !== undefined && host.problem?.code === 'SSH_HOST_KEY_CHANGED')
    return <ChangedKey hostKey={host.hostKey} problem={host.problem} onClose={leave} />;
  return <Progress host={host} onChange={onChange} onAgain={() => onConnect()} />;
}

export function SshDialog({ id }: { readonly id: string | undefined }): JSX.Element {
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [target, setTarget] = useState('');
  const host = hosts.value.find((one) => one.id === id);
  useEffect(() => (id === undefined ? undefined : followHost(id)), [id]);
  const connect = async (request: HostRequest): Promise<void> => {
    setProblem(undefined);
    const outcome = await connectTo(request);
    if ('problem' in outcome) setProblem(outcome.problem);
    else openDialog.value = { kind: 'ssh', host: outcome.id };
  };
  /** Back to the form, with what was typed. */
  const change = (failed: HostView): void => {
    setTarget(failed.name.replace(/^ssh:\/\//, ''));
    openDialog.value = { kind: 'ssh' };
    void leaveHost(failed.id);
  };
  return (
    <Dialog title={titleOf(host)} onClose={closeDialog} testId="ssh-dialog">
      {host === undefined ? (
        <TargetForm
          target={target}
          problem={problem}
          onConnect={(typed) => void connect({ target: typed, acceptNewHostKey: false })}
        />
      ) : (
        <HostState
          host={host}
          onChange={() => change(host)}
          onConnect={(trusted) =>
            void connect({ target: host.name, acceptNewHostKey: false, acceptHostKey: trusted })
          }
        />
      )}
      {host !== undefined && problem !== undefined && <ProblemText testId="ssh-problem" problem={problem} />}
    </Dialog>
  );
}
