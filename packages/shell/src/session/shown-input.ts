/** Makes the input request of a node safe to show. Pure. */

import { clipPrompt, type InputView } from '../io/input-view.ts';
import { sanitizeText } from '../sanitize.ts';

/** Removes everything that must not reach a terminal. */
export function harmlessView(input: InputView): InputView {
  const { prompt, taken } = input;
  return {
    ...input,
    prompt: sanitizeText(prompt),
    taken: taken && { prompt: sanitizeText(taken.prompt), text: sanitizeText(clipPrompt(taken.text)) },
  };
}

/** Merges two views that are shown as one: the later one, with taken input of the earlier one that was not shown yet. */
export function joinViews(
  earlier: InputView | undefined,
  later: InputView | undefined,
): InputView | undefined {
  const isSame = earlier?.id === later?.id && earlier?.round === later?.round;
  return later && isSame ? { ...later, taken: later.taken ?? earlier?.taken } : later;
}
