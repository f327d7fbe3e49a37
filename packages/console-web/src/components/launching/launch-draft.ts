/** A launch as it is filled in: what is wrong with it, the request for the console, and what the console has refused. */

import type { LaunchRequest, NodeKind, Problem } from '@convoy/console/protocol';
import { useEffect, useRef, useState } from 'preact/hooks';
import { confirmLaunch, removeNode, tryLaunch } from '../../state/actions.ts';
import { closeDialog, type RefusedLaunch } from '../../state/page/dialogs.ts';
import { problemSentence } from '../../state/page/field-hints.ts';
import { showProblem } from '../../state/page/toasts.ts';
import { nodeNameProblem } from '../../state/nodes/typed-names.ts';
import { parseVariables } from '../../state/nodes/variable-lines.ts';

/** The name of the provider for this computer. */
export const localProvider = 'local';

/** The field of the form that a problem is about. */
function fieldOf({ code }: Problem): 'name' | 'variables' | 'form' {
  if (code === 'PROVIDER_NAME_TAKEN' || code === 'PROVIDER_BAD_NAME') return 'name';
  return code === 'PROVIDER_BAD_VARIABLE' || code === 'CONSOLE_LAUNCH_UNKNOWN' ? 'variables' : 'form';
}

export interface Draft {
  readonly kind: NodeKind;
  readonly name: string;
  readonly join: boolean;
  /** The lines of the field for environment variables. */
  readonly lines: string;
}

export interface Refusals {
  readonly name?: string | undefined;
  readonly variables?: string | undefined;
  readonly form?: Problem | undefined;
}

function refusalsOf(problem: Problem): Refusals {
  const field = fieldOf(problem);
  return field === 'form' ? { form: problem } : { [field]: problemSentence(problem) };
}

/** What is wrong with the draft before the console is asked, or the request. */
function requestOf(
  { kind, name, join, lines }: Draft,
  provider: string | undefined,
): { readonly refusals: Refusals } | { readonly request: LaunchRequest } {
  const wrongName = nodeNameProblem(name);
  if (wrongName !== undefined) return { refusals: { name: wrongName } };
  const parsed = parseVariables(lines);
  if ('problem' in parsed) return { refusals: { variables: parsed.problem } };
  const { variables } = parsed;
  return {
    request: {
      kind,
      join,
      ...(name.trim() === '' ? {} : { name: name.trim() }),
      ...(Object.keys(variables).length === 0 ? {} : { variables }),
      ...(provider === undefined || provider === localProvider ? {} : { provider }),
    },
  };
}

/** The state of the form. `submit` asks the console and closes the dialog only if it accepts. */
export function useLaunchForm(
  first: Draft,
  refused: RefusedLaunch | undefined,
): {
  readonly draft: Draft;
  readonly refusals: Refusals;
  /** Counts the refusals. */
  readonly turn: number;
  readonly isBusy: boolean;
  readonly change: (change: Partial<Draft>, cleared?: keyof Refusals) => void;
  readonly submit: () => Promise<void>;
} {
  const [draft, setDraft] = useState(first);
  const [refusals, setRefusals] = useState(refused === undefined ? {} : refusalsOf(refused.problem));
  const [turn, setTurn] = useState(0);
  const [isBusy, setBusy] = useState(false);
  const isShown = useRef(true);
  const replaced = useRef(refused?.replaces);
  useEffect(() => () => void (isShown.current = false), []);
  const refuse = (why: Refusals): void => {
    setRefusals(why);
    setTurn((before) => before + 1);
  };
  const submit = async (): Promise<void> => {
    const outcome = requestOf(draft, refused?.request.provider);
    if ('refusals' in outcome) return refuse(outcome.refusals);
    if (!(await confirmLaunch(outcome.request))) return;
    setBusy(true);
    setRefusals({});
    if (replaced.current !== undefined && !(await removeNode(replaced.current))) return setBusy(false);
    replaced.current = undefined;
    const problem = await tryLaunch(outcome.request);
    if (!isShown.current) return problem && showProblem(problem);
    if (problem === undefined) return closeDialog();
    setBusy(false);
    refuse(refusalsOf(problem));
  };
  return {
    draft,
    refusals,
    turn,
    isBusy,
    submit,
    change: (change, cleared) => {
      setDraft({ ...draft, ...change });
      if (cleared !== undefined) setRefusals({ ...refusals, [cleared]: undefined, form: undefined });
    },
  };
}
