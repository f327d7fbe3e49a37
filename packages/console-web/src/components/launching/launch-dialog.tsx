/** The launch dialog. It stays open, with everything that was typed, until the console has accepted the launch. */

import type { NodeKind } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { closeDialog, type RefusedLaunch } from '../../state/page/dialogs.ts';
import { capabilityOf, kindNames } from '../../state/nodes/nodes.ts';
import { nodeNameProblem } from '../../state/nodes/typed-names.ts';
import { Dialog } from '../dialog.tsx';
import { Glyph } from '../glyphs.tsx';
import { PlainText } from '../plain-text.tsx';
import { ProblemText } from '../problem-text.tsx';
import { localProvider, type Refusals, useLaunchForm } from './launch-draft.ts';
import { JoinSwitch, KindField, NameField } from './launch-fields.tsx';
import { VariablesField } from './variables-field.tsx';

function Unavailable({ kind }: { readonly kind: NodeKind }): JSX.Element {
  const remedy = capabilityOf(kind)?.remedy ?? '';
  return (
    <p class="remedy boxed" role="status">
      <Glyph name="info" />
      <span>
        {kindNames[kind]} nodes cannot be launched on this computer yet. <PlainText text={remedy} />
      </span>
    </p>
  );
}

/** Moves the focus to the field that was refused. */
function useFocusOnRefusal(
  { refusals, turn }: { readonly refusals: Refusals; readonly turn: number },
  name: { readonly current: HTMLInputElement | null },
  variables: { readonly current: HTMLTextAreaElement | null },
): void {
  useEffect(() => {
    if (refusals.variables !== undefined) {
      variables.current?.closest('details')?.setAttribute('open', '');
      variables.current?.focus();
    }
    if (refusals.name !== undefined) name.current?.focus();
  }, [turn]);
}

function Foot({ isReady, isBusy }: { readonly isReady: boolean; readonly isBusy: boolean }): JSX.Element {
  return (
    <footer class="dialog-foot">
      <button type="button" class="button" onClick={closeDialog}>
        Cancel
      </button>
      <button
        type="submit"
        class="button primary"
        data-testid="confirm-launch"
        disabled={!isReady}
        aria-busy={isBusy}
      >
        Launch
      </button>
    </footer>
  );
}

export interface LaunchDialogProps {
  readonly of: NodeKind | undefined;
  readonly refused: RefusedLaunch | undefined;
}

export function LaunchDialog({ of, refused }: LaunchDialogProps): JSX.Element {
  const request = refused?.request;
  const form = useLaunchForm(
    {
      kind: request?.kind ?? of ?? 'typescript',
      name: request?.name ?? '',
      join: request?.join ?? true,
      lines: '',
    },
    refused,
  );
  const { draft, refusals, change } = form;
  const provider = request?.provider ?? localProvider;
  const nameField = useRef<HTMLInputElement>(null);
  const variablesField = useRef<HTMLTextAreaElement>(null);
  useFocusOnRefusal(form, nameField, variablesField);
  const isAvailable = provider !== localProvider || capabilityOf(draft.kind)?.available !== false;
  return (
    <Dialog
      title={provider === localProvider ? 'Launch a node' : `Launch a node on ${provider}`}
      onClose={closeDialog}
      testId="launch-form"
    >
      <form
        class="form"
        // What is wrong is said beside the field, in our words.
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isAvailable && !form.isBusy) void form.submit();
        }}
      >
        <KindField value={draft.kind} onChoose={(kind) => change({ kind })} />
        {!isAvailable && <Unavailable kind={draft.kind} />}
        <NameField
          value={draft.name}
          problem={nodeNameProblem(draft.name) ?? refusals.name}
          field={nameField}
          onInput={(name) => change({ name }, 'name')}
        />
        <JoinSwitch checked={draft.join} onChange={(join) => change({ join })} />
        <VariablesField
          value={draft.lines}
          problem={refusals.variables}
          isAgain={refused?.replaces !== undefined}
          field={variablesField}
          onInput={(lines) => change({ lines }, 'variables')}
        />
        {refusals.form !== undefined && <ProblemText testId="launch-problem" problem={refusals.form} />}
        <Foot isReady={isAvailable} isBusy={form.isBusy} />
      </form>
    </Dialog>
  );
}
