/** The calls of a function on a node, as they happen: who calls, with what, what it returns and after how long. */

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { isTracing, leaveTrace, type PageTrace, pageTrace } from '../../../state/inside/trace.ts';
import { endSentence } from '../../../state/inside/trace-words.ts';
import { PlainText } from '../../plain-text.tsx';
import { Glyph } from '../../glyphs.tsx';
import type { PanelProps } from '../parts/panel-props.ts';
import { TraceForm } from './trace-form.tsx';
import { TraceTable } from './trace-table.tsx';
import '../../../styles/inside/panel.css';
import '../../../styles/inside/processes.css';
import '../../../styles/inside/trace.css';

function Refusal({ trace }: { readonly trace: PageTrace }): JSX.Element | null {
  const { problem } = trace;
  if (problem === undefined) return null;
  return (
    <div class="trouble" role="status" data-testid="trace-refused">
      <Glyph name="warning" />
      <div>
        <strong>Nothing is traced</strong>
        <p>{problem.message}.</p>
        {problem.remedy !== undefined && (
          <p>
            <PlainText text={problem.remedy} />
          </p>
        )}
      </div>
    </div>
  );
}

function arityText({ arities }: PageTrace): string {
  return arities.length > 1 ? `, with ${arities.join(', ')} arguments` : '';
}

function stateText(trace: PageTrace): string {
  if (trace.end !== undefined) return endSentence(trace.end);
  if (trace.phase === 'starting') return 'Asking the node to trace…';
  const calls = trace.rows.length === 0 ? 'It has not been called so far.' : '';
  return `Tracing ${trace.function}${arityText(trace)}. ${calls}`.trim();
}

/** What is shown before anything was traced. */
function Explanation(): JSX.Element {
  return (
    <div class="not-asked" data-testid="trace-explanation">
      <p>
        Shows who calls a function on this node, with which arguments, what it returns and after how long.
        Nothing is installed there. The node ends the trace after the calls or the time that you choose, and
        when you leave this page; a function that is called all the time is slowed down only for a moment.
      </p>
      <p class="quiet">
        Arguments and results may have secrets in them. They are shown here and nowhere else: neither the
        console nor its audit log keeps them.
      </p>
    </div>
  );
}

export function TracePanel({ node, item }: PanelProps): JSX.Element {
  useEffect(() => leaveTrace, [node]);
  const trace = pageTrace.value?.node === node ? pageTrace.value : undefined;
  return (
    <div class="panel" data-testid="panel-trace">
      <TraceForm node={node} pid={item} trace={trace} />
      {trace === undefined && <Explanation />}
      {trace?.phase === 'refused' && <Refusal trace={trace} />}
      {trace !== undefined && trace.phase !== 'refused' && (
        <>
          <p class="panel-summary" role="status" data-testid="trace-state" data-phase={trace.phase}>
            {isTracing(trace) && <span class="trace-mark" aria-hidden="true" />}
            {stateText(trace)}
          </p>
          {trace.rows.length > 0 && <TraceTable node={node} trace={trace} />}
        </>
      )}
    </div>
  );
}
