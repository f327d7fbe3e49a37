/** The question of a node as a session takes it in. Pure. */
import { clipPrompt, type InputView } from '../io/input-view.ts';
import { sanitizeText } from '../sanitize.ts';

/** Without what a terminal must not see. */
export function harmlessView(input: InputView): InputView {
  const { prompt, taken } = input;
  return {
    ...input,
    prompt: sanitizeText(prompt),
    taken: taken && { prompt: sanitizeText(taken.prompt), text: sanitizeText(clipPrompt(taken.text)) },
  };
}

/** The later of two views that are shown as one: what was sent once with the earlier one still has to be shown. */
export function joinViews(
  earlier: InputView | undefined,
  later: InputView | undefined,
): InputView | undefined {
  const isSame = earlier?.id === later?.id && earlier?.round === later?.round;
  return later && isSame ? { ...later, taken: later.taken ?? earlier?.taken } : later;
}
