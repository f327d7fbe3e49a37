/** Connects to a host by SSH: asks for the target, shows the steps, and then the host with its nodes. */

import type { HostRequest, HostView, Problem } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { closeDialog, openDialog } from '../../state/page/dialogs.ts';
import { connectTo, followHost, hosts } from '../../state/nodes/hosts.ts';
import { Dialog } from '../dialog.tsx';
import { StepList } from '../nodes/step-list.tsx';
import { ProblemText } from '../problem-text.tsx';
import { HostPanel } from './host-panel.tsx';

interface TargetFormProps {
  readonly onConnect: (target: string) => void;
}

function TargetForm({ onConnect }: TargetFormProps): JSX.Element {
  const [target, setTarget] = useState('');
  const hintId = useId();
  const submit = (event: Event): void => {
    event.preventDefault();
    if (target.trim() !== '') onConnect(target.trim());
  };
  return (
    <form class="form" onSubmit={submit}>
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
  readonly onAgain: () => void;
  readonly onTrust: () => void;
}

function Progress({ host, onAgain, onTrust }: ProgressProps): JSX.Element {
  const isUnknown = host.problem?.code === 'SSH_HOST_KEY_UNKNOWN';
  return (
    <div class="form" data-testid="ssh-progress">
      <StepList steps={host.steps} />
      {host.problem !== undefined && <ProblemText testId="ssh-problem" problem={host.problem} isTold />}
      {host.state === 'failed' && (
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={closeDialog}>
            Close
          </button>
          {isUnknown && (
            <button type="button" class="button" data-testid="ssh-trust" onClick={onTrust}>
              Trust this key and connect
            </button>
          )}
          <button type="button" class="button primary" onClick={onAgain}>
            Try again
          </button>
        </footer>
      )}
    </div>
  );
}

export function SshDialog({ id }: { readonly id: string | undefined }): JSX.Element {
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const host = hosts.value.find((one) => one.id === id);
  useEffect(() => (id === undefined ? undefined : followHost(id)), [id]);
  const connect = async (request: HostRequest): Promise<void> => {
    setProblem(undefined);
    const outcome = await connectTo(request);
    if ('problem' in outcome) setProblem(outcome.problem);
    else openDialog.value = { kind: 'ssh', host: outcome.id };
  };
  const isThere = host !== undefined && (host.state === 'up' || host.state === 'down');
  return (
    <Dialog title={host?.name ?? 'Connect over SSH'} onClose={closeDialog} testId="ssh-dialog">
      {host === undefined && (
        <TargetForm onConnect={(target) => void connect({ target, acceptNewHostKey: false })} />
      )}
      {problem !== undefined && <ProblemText testId="ssh-problem" problem={problem} />}
      {host !== undefined && !isThere && (
        <Progress
          host={host}
          onAgain={() => void connect({ target: host.name, acceptNewHostKey: false })}
          onTrust={() => void connect({ target: host.name, acceptNewHostKey: true })}
        />
      )}
      {host !== undefined && isThere && <HostPanel host={host} />}
    </Dialog>
  );
}
