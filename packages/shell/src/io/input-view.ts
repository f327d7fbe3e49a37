/** What a session knows about the input request that the user must answer. */

import type { PromptRules } from './prompt-rules.ts';

/** Earlier input that a request took without asking, and that was not enough. */
export interface TakenInput {
  /** The prompt at which it would have been typed. */
  readonly prompt: string;
  readonly text: string;
}

export interface InputView {
  /** Identifies the request as long as it is open. */
  readonly id: number;
  /** Counts the lines taken for this request: a new round is a new prompt. */
  readonly round: number;
  /** The prompt as text, including control sequences. */
  readonly prompt: string;
  /** Input to show above the prompt, once, because the user has not seen it. */
  readonly taken?: TakenInput | undefined;
  readonly echo: boolean;
  /** Whether the shell itself asks, rather than a program that runs in it. */
  readonly isShell: boolean;
  /** Whether the line continues what was entered before. */
  readonly isContinuation: boolean;
  /** The number of requests that wait behind this one. */
  readonly others: number;
}

/** The view of a request. `isParsedOn`: some of its lines have already been taken. */
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

/** Real prompts are shorter than 100 characters; a node may send one of a hundred million. */
const shownStart = 512;
const shownEnd = 1024;

/** Shortens a very long prompt by omitting its middle. */
export function clipPrompt(prompt: string): string {
  if (prompt.length <= shownStart + shownEnd) return prompt;
  return `${prompt.slice(0, shownStart)}…${prompt.slice(-shownEnd)}`.toWellFormed();
}
