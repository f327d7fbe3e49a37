/** Connects Railway: asks for a token, then a project and an environment, then shows the nodes there. */

import type { Problem } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import { closeDialog } from '../../state/page/dialogs.ts';
import { connectRailway, loadRailway, railway } from '../../state/nodes/railway.ts';
import { Dialog } from '../dialog.tsx';
import { ProblemText } from '../problem-text.tsx';
import { PlaceForm } from './place-form.tsx';
import { PlacePanel } from './place-panel.tsx';

interface TokenFieldProps {
  readonly value: string;
  readonly onInput: (token: string) => void;
}

function TokenField({ value, onInput }: TokenFieldProps): JSX.Element {
  const hintId = useId();
  return (
    <label class="field">
      <span>Token</span>
      <input
        type="password"
        value={value}
        autocomplete="off"
        spellcheck={false}
        data-autofocus
        data-testid="railway-token"
        aria-describedby={hintId}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <small id={hintId}>
        A token of your account or workspace (railway.com/account/tokens), or of a project (see its settings).
        The console keeps it in memory until it stops or you forget the token; nodes never receive it.
      </small>
    </label>
  );
}

function TokenForm({ hasOwnToken }: { readonly hasOwnToken: boolean }): JSX.Element {
  const [token, setToken] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const connect = async (given: string | undefined): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setProblem(undefined);
    const wrong = await connectRailway(given);
    // After success this form no longer exists.
    if (wrong === undefined) return;
    setProblem(wrong);
    setBusy(false);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (token.trim() !== '') void connect(token.trim());
  };
  return (
    <form class="form" onSubmit={submit}>
      <TokenField value={token} onInput={setToken} />
      {problem !== undefined && <ProblemText testId="railway-problem" problem={problem} />}
      <footer class="dialog-foot">
        <button type="button" class="button" onClick={closeDialog}>
          Cancel
        </button>
        {hasOwnToken && (
          <button
            type="button"
            class="button"
            data-testid="railway-own-token"
            aria-busy={isBusy}
            onClick={() => void connect(undefined)}
          >
            Use the console’s own token
          </button>
        )}
        <button
          type="submit"
          class="button primary"
          data-testid="railway-connect"
          aria-busy={isBusy}
          disabled={token.trim() === ''}
        >
          Connect
        </button>
      </footer>
    </form>
  );
}

export function RailwayDialog({ id }: { readonly id: string | undefined }): JSX.Element {
  useEffect(() => void loadRailway(), []);
  const view = railway.value;
  const place = view?.places.find((one) => one.id === id);
  const title = place?.name ?? (view === undefined ? 'Railway' : `Connect ${view.label}`);
  return (
    <Dialog title={title} onClose={closeDialog} testId="railway-dialog">
      {view === undefined && <p class="quiet">Asking the console…</p>}
      {view !== undefined && view.account === undefined && <TokenForm hasOwnToken={view.hasOwnToken} />}
      {view?.account !== undefined && place === undefined && <PlaceForm view={view} account={view.account} />}
      {place !== undefined && <PlacePanel place={place} budget={view?.budget} />}
    </Dialog>
  );
}
