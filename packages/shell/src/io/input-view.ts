/** What a session is told about the input request that the user is to answer. */
import type { PromptRules } from './prompt-rules.ts';

export interface InputView {
  /** The same request has the same id for as long as it is open. */
  readonly id: number;
  /** Counts the lines taken for this request: a new round is a new prompt. */
  readonly round: number;
  /** As text, control sequences included. */
  readonly prompt: string;
  readonly echo: boolean;
  /** The shell itself asks, not a program that runs in it. */
  readonly isShell: boolean;
  /** The line goes on with what was entered before. */
  readonly isContinuation: boolean;
  /** Requests that wait behind this one. */
  readonly others: number;
}

/** The view of a request. `isParsedOn`: lines of it were taken already. */
export function viewInput(
  request: Pick<InputView, 'id' | 'round' | 'prompt' | 'echo' | 'isShell' | 'others'> & {
    readonly isParsedOn: boolean;
  },
  rules: PromptRules,
): InputView {
  const { isParsedOn, prompt, isShell, ...view } = request;
  const goesOn = isParsedOn && isShell;
  return {
    ...view,
    isShell,
    prompt: goesOn ? rules.continuationPrompt(prompt) : prompt,
    isContinuation: goesOn || (isShell && rules.isContinuation(prompt)),
  };
}
