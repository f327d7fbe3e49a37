/** The launch dialog: the kind of node, its name, and whether it joins the others by itself. */

import type { NodeKind } from '@convoy/console/protocol';
import { nodeKinds } from '@convoy/node/names';
import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { launch } from '../../state/actions.ts';
import { closeDialog } from '../../state/page/dialogs.ts';
import { capabilityOf, kindNames } from '../../state/nodes/nodes.ts';
import { parseVariables } from '../../state/nodes/variable-lines.ts';
import { Dialog } from '../dialog.tsx';
import { Glyph } from '../glyphs.tsx';
import { PlainText } from '../plain-text.tsx';
import { KindMark } from '../kind-mark.tsx';
import { VariablesField } from './variables-field.tsx';

/** The same as in the console's schema. */
const namePattern = '[A-Za-z][A-Za-z0-9_\\-]{0,62}';

function KindChoice(props: {
  readonly kind: NodeKind;
  readonly checked: boolean;
  readonly onChoose: () => void;
}): JSX.Element {
  const { kind, checked, onChoose } = props;
  const capability = capabilityOf(kind);
  return (
    <label class="kind-choice">
      <input
        type="radio"
        name="kind"
        value={kind}
        checked={checked}
        onChange={onChoose}
        data-autofocus={checked ? true : undefined}
      />
      <KindMark kind={kind} />
      <strong>{kindNames[kind]}</strong>
      <small>{capability?.available === false ? 'not installed' : (capability?.version ?? '')}</small>
    </label>
  );
}

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

function NameField(props: { readonly value: string; readonly onInput: (name: string) => void }): JSX.Element {
  const hintId = useId();
  return (
    <label class="field">
      <span>
        Name <small>optional</small>
      </span>
      <input
        type="text"
        value={props.value}
        pattern={namePattern}
        placeholder="a free one is picked"
        autocomplete="off"
        spellcheck={false}
        aria-describedby={hintId}
        data-testid="launch-name"
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <small id={hintId}>Starts with a letter; letters, digits, - and _.</small>
    </label>
  );
}

function JoinSwitch(props: {
  readonly checked: boolean;
  readonly onChange: (join: boolean) => void;
}): JSX.Element {
  return (
    <label class="switch-row">
      <input
        type="checkbox"
        role="switch"
        class="switch"
        checked={props.checked}
        data-testid="launch-join"
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span>
        Join the others
        <small>Connects to every node of the mesh by itself; otherwise you connect it.</small>
      </span>
    </label>
  );
}

export function LaunchDialog({ of }: { readonly of: NodeKind | undefined }): JSX.Element {
  const [kind, setKind] = useState<NodeKind>(of ?? 'typescript');
  const [name, setName] = useState('');
  const [join, setJoin] = useState(true);
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const isAvailable = capabilityOf(kind)?.available !== false;
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!isAvailable) return;
    const parsed = parseVariables(text);
    if ('problem' in parsed) return setProblem(parsed.problem);
    closeDialog();
    const { variables } = parsed;
    void launch({
      kind,
      join,
      ...(name.trim() === '' ? {} : { name: name.trim() }),
      ...(Object.keys(variables).length === 0 ? {} : { variables }),
    });
  };
  return (
    <Dialog title="Launch a node" onClose={closeDialog} testId="launch-form">
      <form class="form" onSubmit={submit}>
        <fieldset class="kind-choices">
          <legend>Kind</legend>
          {nodeKinds.map((one) => (
            <KindChoice key={one} kind={one} checked={one === kind} onChoose={() => setKind(one)} />
          ))}
        </fieldset>
        {!isAvailable && <Unavailable kind={kind} />}
        <NameField value={name} onInput={setName} />
        <JoinSwitch checked={join} onChange={setJoin} />
        <VariablesField
          value={text}
          problem={problem}
          onInput={(typed) => {
            setText(typed);
            setProblem(undefined);
          }}
        />
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={closeDialog}>
            Cancel
          </button>
          <button type="submit" class="button primary" data-testid="confirm-launch" disabled={!isAvailable}>
            Launch
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
