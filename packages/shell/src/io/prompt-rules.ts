/** How to distinguish a shell's own prompts from those of programs that run in it. Contract only. */

import type { Pid } from '@convoy/node/etf';
import type { InputRequest } from './io-protocol.ts';

/** The rules for the prompts of one kind of shell. */
export interface PromptRules {
  isShellPrompt(request: InputRequest, prompt: string, from: Pid): boolean;
  /** Whether the line continues the previous one. */
  isContinuation(prompt: string): boolean;
  /** The prompt of the second and later lines of one `get_until`. */
  continuationPrompt(prompt: string): string;
}
