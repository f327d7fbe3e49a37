/** The launch form: what is filled in, what is wrong with it, and what the console has refused. */

import type { FormFieldView, NodeKind, Problem } from '@convoy/console/protocol';
import { useEffect, useRef, useState } from 'preact/hooks';
import { removeNode } from '../../state/actions.ts';
import { confirmChange } from '../../state/clusters/production.ts';
import { keptDraft, type LaunchDraft, takeDraft } from '../../state/launching/kept-draft.ts';
import { launchMany } from '../../state/launching/launch-batches.ts';
import {
  countIn,
  localPlace,
  problemsIn,
  requestOf,
  textIn,
  valuesFor,
} from '../../state/launching/launch-fields.ts';
import {
  type LaunchPlace,
  placeInSentence,
  placeOf,
  platforms,
  roomIn,
} from '../../state/launching/launch-places.ts';
import { closeDialog, type RefusedLaunch } from '../../state/page/dialogs.ts';
import { problemSentence } from '../../state/page/field-hints.ts';
import { formatCount } from '../../state/page/format.ts';
import type { FieldValue, FieldValues } from '../../state/page/launch-presets.ts';
import { showProblem } from '../../state/page/toasts.ts';

/** The fields that problems are about. */
const fieldsOfProblems: Readonly<Record<string, string>> = {
  PROVIDER_NAME_TAKEN: 'name',
  PROVIDER_BAD_NAME: 'name',
  PROVIDER_BAD_VARIABLE: 'variables',
  CONSOLE_LAUNCH_UNKNOWN: 'variables',
  PROVIDER_BAD_PROGRAM: 'program',
};

/** Words by which a place says what it cannot do. */
const supportWords: Readonly<Record<string, RegExp>> = {
  memoryMb: /memory/,
  program: /program|release/,
};

/** The key of the field that a problem is about; `undefined` if it is about none of these. */
function fieldOf({ code, message }: Problem, fields: readonly FormFieldView[]): string | undefined {
  const key = fieldsOfProblems[code];
  if (key !== undefined) return fields.some((field) => field.key === key) ? key : undefined;
  // A flag has no line for what is wrong with it.
  const told = fields.filter(({ type }) => type !== 'flag').map((field) => field.key);
  if (code === 'PROVIDER_UNSUPPORTED') return told.find((one) => supportWords[one]?.test(message));
  if (code !== 'CONSOLE_BAD_REQUEST') return undefined;
  return told.find((one) => new RegExp(`\\b${one}\\b`).test(message));
}

/** Where the form starts. */
export interface LaunchStart {
  readonly of: NodeKind | undefined;
  readonly place: string | undefined;
  readonly refused: RefusedLaunch | undefined;
}

function kindFor(given: string, place: LaunchPlace | undefined): string {
  if (given !== '') return given;
  return place?.capabilities.find(({ available }) => available)?.kind ?? 'typescript';
}

function firstDraft({ of, place, refused }: LaunchStart): LaunchDraft {
  const kept = refused === undefined ? takeDraft() : undefined;
  const { kind, name = '', join = true, place: where, provider } = refused?.request ?? {};
  const key = where?.key ?? provider ?? place ?? kept?.place ?? localPlace.key;
  const given: FieldValues = refused === undefined ? { ...kept?.values } : { name, join };
  const chosen = kindFor(kind ?? of ?? textIn(given, 'kind'), placeOf(key));
  return { place: key, values: { ...given, kind: chosen } };
}

export interface LaunchForm {
  readonly draft: LaunchDraft;
  /** The chosen place; `undefined` if it is not open. */
  readonly place: LaunchPlace | undefined;
  /** The fields of its platform; `undefined` until they are known. */
  readonly fields: readonly FormFieldView[] | undefined;
  readonly values: FieldValues;
  /** What is wrong, by the keys of the fields. */
  readonly problems: ReadonlyMap<string, string>;
  /** A refusal that is about no field. */
  readonly refusal: Problem | undefined;
  /** Counts the refusals, those of the form and those of the console. */
  readonly turn: number;
  readonly isBusy: boolean;
  readonly change: (key: string, value: FieldValue) => void;
  readonly choosePlace: (key: string) => void;
  readonly fill: (draft: LaunchDraft) => void;
  readonly submit: () => Promise<void>;
}

function roomProblem(place: LaunchPlace, count: number): string | undefined {
  const room = roomIn(place);
  if (count <= room) return undefined;
  if (room === 0) return 'This computer has reached its node limit. Delete a node, or choose another place.';
  return `This computer has room for ${formatCount(room, 'more node', 'more nodes')}.`;
}

interface Filled {
  readonly draft: LaunchDraft;
  /** The last refusal of the console. */
  readonly answer: Problem | undefined;
  readonly turn: number;
  /** Whether the node takes the place of one that has ended. */
  readonly isAgain: boolean;
}

/** What can be said against the values before the console is asked. What is required is asked for only once it is missed. */
function ownProblems(
  fields: readonly FormFieldView[],
  values: FieldValues,
  { turn }: Pick<Filled, 'turn'>,
): Map<string, string> {
  const problems = new Map(problemsIn(fields, values));
  for (const { key } of turn === 0 ? fields : []) if (values[key] === '') problems.delete(key);
  return problems;
}

type Findings = Pick<LaunchForm, 'place' | 'fields' | 'values' | 'problems' | 'refusal'> & {
  /** The field that the console has refused. */
  readonly refusedKey: string | undefined;
};

/** What there is to fill in, and everything that is wrong with what is filled in. */
function findingsOf({ draft, answer, turn, isAgain }: Filled): Findings {
  const place = placeOf(draft.place);
  // Those of this computer, while the place is not open.
  const kind = place?.kind ?? localPlace.kind;
  const fields = platforms.value?.find((platform) => platform.kind === kind)?.launch;
  const values = valuesFor(fields ?? [], draft.values);
  const problems = ownProblems(fields ?? [], values, { turn });
  const room = place === undefined || isAgain ? undefined : roomProblem(place, countIn(values));
  if (room !== undefined && !problems.has('count')) problems.set('count', room);
  const refusedKey = answer && fieldOf(answer, fields ?? []);
  if (answer !== undefined && refusedKey !== undefined && !problems.has(refusedKey))
    problems.set(refusedKey, problemSentence(answer));
  return {
    place,
    fields,
    values,
    problems,
    refusedKey,
    refusal: refusedKey === undefined ? answer : undefined,
  };
}

/** `submit` asks the console, and closes the dialog only if it accepts. */
export function useLaunchForm(start: LaunchStart): LaunchForm {
  const { refused } = start;
  const [draft, setDraft] = useState(() => firstDraft(start));
  const [answer, setAnswer] = useState(refused?.problem);
  const [turn, setTurn] = useState(refused === undefined ? 0 : 1);
  const [isBusy, setBusy] = useState(false);
  const isShown = useRef(true);
  const replaced = useRef(refused?.replaces);
  useEffect(() => () => void (isShown.current = false), []);
  const { refusedKey, ...findings } = findingsOf({
    ...{ draft, answer, turn },
    isAgain: refused?.replaces !== undefined,
  });
  const { place, fields, values, problems } = findings;

  const refuse = (problem: Problem | undefined): void => {
    setAnswer(problem);
    setTurn((before) => before + 1);
  };
  const submit = async (): Promise<void> => {
    if (fields === undefined || place === undefined) return;
    if (problemsIn(fields, values).size > 0 || problems.has('count')) return refuse(undefined);
    if (!(await confirmLaunch(place, values))) return;
    setBusy(true);
    setAnswer(undefined);
    if (replaced.current !== undefined && !(await removeNode(replaced.current))) return setBusy(false);
    replaced.current = undefined;
    const problem = await launch(fields, values, place);
    if (problem === undefined) return isShown.current ? closeDialog() : undefined;
    if (!isShown.current) {
      keptDraft.value = draft;
      return showProblem(problem);
    }
    setBusy(false);
    refuse(problem);
  };
  const update = (next: LaunchDraft, key?: string): void => {
    setDraft(next);
    // With another place or a preset it is another launch.
    if (key === undefined || refusedKey === undefined || refusedKey === key) setAnswer(undefined);
  };
  return {
    ...{ ...findings, draft, turn, isBusy, submit },
    change: (key, value) => update({ ...draft, values: { ...draft.values, [key]: value } }, key),
    choosePlace: (key) => update({ ...draft, place: key }),
    fill: (next) => update(next),
  };
}

/** Asks whether to launch into a place whose cluster is marked as production. */
function confirmLaunch(place: LaunchPlace, values: FieldValues): Promise<boolean> {
  const sentence = `${formatCount(countIn(values), 'new node is', 'new nodes are')} launched on ${placeInSentence(place)}.`;
  return confirmChange([place.key], { sentence, button: 'Launch' });
}

function launch(
  fields: readonly FormFieldView[],
  values: FieldValues,
  place: LaunchPlace,
): Promise<Problem | undefined> {
  const { key, kind } = place;
  return launchMany({
    count: countIn(values),
    pattern: textIn(values, 'name'),
    placeLabel: placeInSentence(place),
    placeKey: key,
    request: requestOf(fields, values, { key, kind }),
  });
}
