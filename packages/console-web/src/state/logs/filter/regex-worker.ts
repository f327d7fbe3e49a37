/**
 * Tests texts against a regular expression in a thread of its own: one such as `(a+)+b` can take years for a short line, and
 * nothing but the end of its thread stops it.
 */

import type { RegexAnswer, RegexTask } from './regex-task.ts';

function answer(message: RegexAnswer): void {
  postMessage(message);
}

addEventListener('message', ({ data: { id, regex, texts } }: MessageEvent<RegexTask>) => {
  const tested = new RegExp(regex.source, regex.flags);
  answer({ id, found: texts.map((text) => tested.test(text)) });
});
answer({ id: 0 });
