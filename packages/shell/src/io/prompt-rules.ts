/** What tells a shell's own prompts from those of programs that run in it. Contract only. */
import type { Pid } from '@convoy/node/etf';
import type { InputRequest } from './io-protocol.ts';

/** What a shell says about its own prompts. */
export interface PromptRules {
  isShellPrompt(request: InputRequest, prompt: string, from: Pid): boolean;
  /** Whether the line goes on with the one before. */
  isContinuation(prompt: string): boolean;
  /** The prompt of a second and later line of one `get_until`. */
  continuationPrompt(prompt: string): string;
}
