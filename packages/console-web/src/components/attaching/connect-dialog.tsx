/**
 * Attaches a running cluster. A failed attempt stays in the dialog with the verdict of the doctor, and every field as it was
 * typed, the cookie included, which is nowhere but in its field.
 */

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { closeDialog } from '../../state/page/dialogs.ts';
import { Dialog } from '../dialog.tsx';
import { Findings } from '../nodes/doctor-dialog.tsx';
import { ProblemText } from '../problem-text.tsx';
import { type ConnectAttempt, useConnectAttempt } from './connect-attempt.ts';
import {
  CarrierFields,
  CookieFields,
  EntryFields,
  MarkFields,
  PortFields,
  WayFields,
} from './connect-fields.tsx';

/** Why the last attempt failed: what the console says, and what the doctor has found. */
function Verdict({ cluster, refusal }: ConnectAttempt): JSX.Element | null {
  const problem = refusal ?? cluster?.problem;
  const diagnosis = refusal === undefined ? cluster?.diagnosis : undefined;
  return (
    <section
      class="verdict"
      aria-label="Why it failed"
      tabIndex={-1}
      data-verdict
      data-testid="connect-verdict"
    >
      <h3>The cluster could not be attached</h3>
      {problem !== undefined && <ProblemText problem={problem} testId="connect-problem" />}
      {diagnosis !== undefined && <Findings diagnosis={diagnosis} />}
    </section>
  );
}

function Foot({ phase, giveUp }: ConnectAttempt): JSX.Element {
  return (
    <footer class="dialog-foot">
      {phase === 'idle' && (
        <button type="button" class="button" onClick={closeDialog}>
          Cancel
        </button>
      )}
      {phase === 'trying' && (
        <button type="button" class="button" data-testid="connect-stop" onClick={() => void giveUp()}>
          Stop trying
        </button>
      )}
      {phase === 'failed' && (
        <button
          type="button"
          class="button"
          data-testid="connect-give-up"
          onClick={() => {
            closeDialog();
            void giveUp();
          }}
        >
          Give up
        </button>
      )}
      <button
        type="submit"
        class="button primary"
        data-testid="connect-submit"
        aria-busy={phase === 'trying'}
      >
        {phase === 'failed' ? 'Try again' : 'Connect'}
      </button>
    </footer>
  );
}

/** After a failure the focus is on the first field that is wrong, otherwise on the verdict. */
function useFocusOnFailure(turn: number): { readonly current: HTMLFormElement | null } {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (turn === 0) return;
    const target =
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]') ??
      form.current?.querySelector<HTMLElement>('[data-verdict]');
    target?.closest('details')?.setAttribute('open', '');
    target?.focus();
  }, [turn]);
  return form;
}

export function ConnectDialog({ id }: { readonly id: string | undefined }): JSX.Element {
  const attempt = useConnectAttempt(id);
  const form = useFocusOnFailure(attempt.turn);
  const fields = { draft: attempt.draft, problems: attempt.problems, onChange: attempt.change };
  return (
    <Dialog title="Connect a node" onClose={closeDialog} testId="connect-dialog">
      <form
        ref={form}
        class="form"
        // What is wrong is said beside the field, in our words.
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (attempt.phase !== 'trying') void attempt.submit();
        }}
      >
        <p class="quiet">
          Attaches a cluster that is running already. The console enters it as a hidden node of its own, which
          other nodes do not list.
        </p>
        <EntryFields {...fields} />
        <CookieFields {...fields} />
        <CarrierFields {...fields} />
        <WayFields {...fields} />
        <MarkFields {...fields} />
        <PortFields {...fields} />
        {attempt.phase === 'failed' && <Verdict {...attempt} />}
        {attempt.phase === 'trying' && (
          <p class="quiet" role="status" data-testid="connect-trying">
            Connecting…
          </p>
        )}
        <Foot {...attempt} />
      </form>
    </Dialog>
  );
}
