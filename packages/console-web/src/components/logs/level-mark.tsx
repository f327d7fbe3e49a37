/** How severe a line is: a shape, a colour and a word. Lines without a level tell the stream they were printed to. */

import type { LogLine } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { type LineTone, toneOf, wordOf } from '../../state/logs/filter/log-levels.ts';

const shapes: Readonly<Record<LineTone, JSX.Element | null>> = {
  bad: <path class="solid" d="M4 1h4l3 3v4L8 11H4L1 8V4z" />,
  warn: <path class="solid" d="M6 1.2 11.2 10.4H0.8z" />,
  info: <circle class="solid" cx="6" cy="6" r="4" />,
  quiet: <circle cx="6" cy="6" r="3.4" />,
  out: null,
  err: <path d="m3 3 6 6M9 3 3 9" />,
};

export function LevelMark({ line }: { readonly line: LogLine }): JSX.Element {
  const tone = toneOf(line);
  return (
    <span class={`log-level tone-${tone}`}>
      <svg class="level-mark" viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
        {shapes[tone]}
      </svg>
      <span>{wordOf(line)}</span>
    </span>
  );
}
