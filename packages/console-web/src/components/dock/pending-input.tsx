/** Input of a shell that has not been sent: waiting for the connection, or held until the user decides. */

import type { JSX } from 'preact';
import { discardInput, sendHeldInput, type ShownInput as Pending } from '../../state/shells/shell-input.ts';
import { shownKeys } from '../../terminal/shown-keys.ts';

const mostDots = 40;

export function NotSent({
  pending,
  label,
}: {
  readonly pending: Pending;
  readonly label: string;
}): JSX.Element {
  const keys = pending.isSecret
    ? '•'.repeat(Math.min(pending.text.length, mostDots))
    : shownKeys(pending.text);
  return (
    <span class="pending-input">
      {label} {keys !== '' && <kbd data-testid="pending-keys">{keys}</kbd>}
    </span>
  );
}

function reasonOf({ hold, lost }: Pending): string {
  switch (hold) {
    case 'late':
      return 'It waited for more than two minutes.';
    case 'full':
      return `At most a megabyte can be queued: ${lost} characters were lost.`;
    case 'signedOut':
      return 'You were signed out meanwhile.';
    default:
      return 'Some of it may have arrived already: check the shell before you send it.';
  }
}

function Discard({ tabKey, onDone }: { readonly tabKey: string; readonly onDone: () => void }): JSX.Element {
  return (
    <button
      type="button"
      class="button"
      data-testid="discard-input"
      onClick={() => {
        discardInput(tabKey);
        onDone();
      }}
    >
      Discard
    </button>
  );
}

/** `onDone` returns the keyboard focus to the terminal. */
export function WaitingInput(props: {
  readonly tabKey: string;
  readonly pending: Pending;
  readonly onDone: () => void;
}): JSX.Element {
  return (
    <>
      <NotSent pending={props.pending} label="Not sent yet:" />
      <Discard tabKey={props.tabKey} onDone={props.onDone} />
    </>
  );
}

export function HeldInput(props: {
  readonly tabKey: string;
  readonly pending: Pending;
  readonly onDone: () => void;
}): JSX.Element {
  const { tabKey, pending, onDone } = props;
  return (
    <div class="pane-notice pane-held" role="alert" data-testid="held-input">
      <div>
        <p>
          <NotSent pending={pending} label="Not sent:" />
        </p>
        <p class="remedy">
          <span>{reasonOf(pending)} What you type is added to it; Ctrl-C discards it.</span>
        </p>
      </div>
      <div class="button-row">
        {pending.lost === 0 && (
          <button
            type="button"
            class="button"
            data-testid="send-input"
            onClick={() => {
              sendHeldInput(tabKey);
              onDone();
            }}
          >
            Send now
          </button>
        )}
        <Discard tabKey={tabKey} onDone={onDone} />
      </div>
    </div>
  );
}
