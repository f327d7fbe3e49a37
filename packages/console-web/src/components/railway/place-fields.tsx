/** The fields of a Railway environment: a choice of several, the images of nodes, the region. */

import type { NodeKind } from '@convoy/console/protocol';
import { nodeKinds } from '@convoy/node/names';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { kindNames } from '../../state/nodes/nodes.ts';
import { regionProblem } from '../../state/nodes/typed-names.ts';
import { FieldNote } from '../field-note.tsx';

interface ChoiceProps {
  readonly label: string;
  readonly testId: string;
  readonly value: string;
  readonly options: readonly { readonly id: string; readonly name: string }[];
  readonly onChoose: (id: string) => void;
}

export function Choice({ label, testId, value, options, onChoose }: ChoiceProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={value}
        data-testid={testId}
        disabled={options.length === 0}
        onChange={(event) => onChoose(event.currentTarget.value)}
      >
        {options.length === 0 && <option value="">none</option>}
        {options.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

export type Images = Readonly<Partial<Record<NodeKind, string | undefined>>>;

interface ImageFieldsProps {
  readonly images: Images;
  readonly onChange: (images: Images) => void;
}

export function ImageFields({ images, onChange }: ImageFieldsProps): JSX.Element {
  const hasAny = nodeKinds.some((kind) => (images[kind] ?? '') !== '');
  return (
    <details class="railway-images" open={!hasAny}>
      <summary>What nodes are made from</summary>
      {nodeKinds.map((kind) => (
        <label key={kind} class="field">
          <span>{kindNames[kind]}</span>
          <input
            type="text"
            value={images[kind] ?? ''}
            placeholder="ghcr.io/you/app:1 or repo:you/app"
            autocomplete="off"
            spellcheck={false}
            data-testid={`railway-image-${kind}`}
            onInput={(event) => onChange({ ...images, [kind]: event.currentTarget.value.trim() })}
          />
        </label>
      ))}
      <small>An image of a registry, or a repository that Railway builds. Empty: none of that kind.</small>
    </details>
  );
}

interface RegionFieldProps {
  readonly value: string;
  readonly onInput: (region: string) => void;
}

export function RegionField({ value, onInput }: RegionFieldProps): JSX.Element {
  const noteId = useId();
  const problem = regionProblem(value);
  return (
    <label class="field">
      <span>
        Region <small>optional</small>
      </span>
      <input
        type="text"
        value={value}
        placeholder="where the project’s services are by default"
        autocomplete="off"
        spellcheck={false}
        aria-invalid={problem === undefined ? undefined : 'true'}
        aria-describedby={noteId}
        data-testid="railway-region"
        onInput={(event) => onInput(event.currentTarget.value.trim())}
      />
      <FieldNote id={noteId} hint="As Railway writes it, for example europe-west4." problem={problem} />
    </label>
  );
}
