/** The fields of the launch form: the kind of node, its name, and whether it joins the others by itself. */

import type { NodeKind } from '@convoy/console/protocol';
import { nodeKinds } from '@convoy/node/names';
import type { JSX, Ref } from 'preact';
import { useId } from 'preact/hooks';
import { capabilityOf, kindNames } from '../../state/nodes/nodes.ts';
import { FieldNote } from '../field-note.tsx';
import { KindMark } from '../kind-mark.tsx';

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

export function KindField(props: {
  readonly value: NodeKind;
  readonly onChoose: (kind: NodeKind) => void;
}): JSX.Element {
  return (
    <fieldset class="kind-choices">
      <legend>Kind</legend>
      {nodeKinds.map((one) => (
        <KindChoice key={one} kind={one} checked={one === props.value} onChoose={() => props.onChoose(one)} />
      ))}
    </fieldset>
  );
}

export function NameField(props: {
  readonly value: string;
  readonly problem: string | undefined;
  readonly field: Ref<HTMLInputElement>;
  readonly onInput: (name: string) => void;
}): JSX.Element {
  const noteId = useId();
  const { value, problem } = props;
  return (
    <label class="field">
      <span>
        Name <small>optional</small>
      </span>
      <input
        ref={props.field}
        type="text"
        value={value}
        placeholder="a free one is picked"
        autocomplete="off"
        spellcheck={false}
        aria-invalid={problem === undefined ? undefined : 'true'}
        aria-describedby={noteId}
        data-testid="launch-name"
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <FieldNote
        id={noteId}
        hint="Starts with a letter; letters, digits, - and _."
        problem={problem}
        testId="launch-name-note"
      />
    </label>
  );
}

export function JoinSwitch(props: {
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
