/** How much of a limit is used, as a bar that warns when little is left. */

import type { JSX } from 'preact';
import { formatNumber, formatShare } from '../../../state/inside/inside-format.ts';
import { shareOf, type Usage, warningShare } from '../../../state/inside/usage.ts';
import { Glyph } from '../../glyphs.tsx';

export function Meter(props: { readonly label: string; readonly usage: Usage }): JSX.Element | null {
  const { label, usage } = props;
  const { count, limit } = usage;
  if (count === undefined) return null;
  const share = shareOf(usage);
  const isNear = share !== undefined && share >= warningShare;
  const of = limit === undefined ? '' : ` of ${formatNumber(limit)}`;
  return (
    <div class={isNear ? 'meter is-near' : 'meter'} data-testid={`meter-${label.toLowerCase()}`}>
      <span class="meter-label">{label}</span>
      <span class="meter-value">
        {isNear && <Glyph name="warning" />}
        <strong>{formatNumber(count)}</strong>
        {of}
      </span>
      {share !== undefined && (
        <span
          class="meter-bar"
          role="meter"
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={limit}
          aria-valuenow={count}
          aria-valuetext={`${formatNumber(count)}${of}, ${formatShare(share)}`}
        >
          <span style={{ width: `${Math.max(share * 100, 0.5)}%` }} />
        </span>
      )}
      {share !== undefined && <span class="meter-share">{formatShare(share)}</span>}
    </div>
  );
}
