/** What a session is told about the input request that the user is to answer. */
import type { PromptRules } from './prompt-rules.ts';

/** Input of before that a request took without asking, and that did not suffice. */
export interface TakenInput {
  /** The prompt it would have been typed at. */
  readonly prompt: string;
  readonly text: string;
}

export interface InputView {
  /** The same request has the same id for as long as it is open. */
  readonly id: number;
  /** Counts the lines taken for this request: a new round is a new prompt. */
  readonly round: number;
  /** As text, control sequences included. */
  readonly prompt: string;
  /** To be shown above the prompt, once: the user does not know of it. */
  readonly taken?: TakenInput | undefined;
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
  request: Pick<InputView, 'id' | 'round' | 'prompt' | 'taken' | 'echo' | 'isShell' | 'others'> & {
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

/** Real prompts stay under 100 characters; a node may send one of a hundred million. */
const shownStart = 512;
const shownEnd = 1024;

/** The prompt as it is kept and shown: the middle of a very long one is left out. */
export function clipPrompt(prompt: string): string {
  if (prompt.length <= shownStart + shownEnd) return prompt;
  return `${prompt.slice(0, shownStart)}…${prompt.slice(-shownEnd)}`.toWellFormed();
}
