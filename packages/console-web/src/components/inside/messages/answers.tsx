/** What the nodes have answered, side by side: what differs from the answer of most of them is marked. */

import type { JSX } from 'preact';
import { formatWork } from '../../../state/inside/inside-format.ts';
import { type ComparedReply, compareReplies } from '../../../state/inside/messages/compare-answers.ts';
import { failureTitle } from '../../../state/inside/messages/message-form.ts';
import type { SentRequest } from '../../../state/inside/messages/send.ts';
import { formatBytes } from '../../../state/page/format.ts';
import { adviceFor } from '../../../state/page/field-hints.ts';
import { Glyph } from '../../glyphs.tsx';
import { PlainText } from '../../plain-text.tsx';
import { ClusterProcess } from '../parts/cluster-process.tsx';
import { PartProblem } from '../parts/panel-body.tsx';

function Text({ compared }: { readonly compared: ComparedReply }): JSX.Element {
  const { reply, parts } = compared;
  return (
    <pre class="state-text answer-text" role="group" tabIndex={0} aria-label={`Answer of ${reply.node}`}>
      {parts.map(({ text, isDifferent }, index) =>
        isDifferent ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>,
      )}
    </pre>
  );
}

function detailsOf({ reply }: ComparedReply): string {
  if ('problem' in reply) return '';
  const { bytes } = reply.value;
  const size = bytes === undefined ? '' : formatBytes(bytes);
  const time = reply.elapsedMs === undefined ? '' : formatWork(reply.elapsedMs);
  return [size, time].filter((part) => part !== '').join(' · ');
}

function Reply(props: { readonly request: SentRequest; readonly compared: ComparedReply }): JSX.Element {
  const { request, compared } = props;
  const { reply, isOdd } = compared;
  return (
    <li class={isOdd ? 'card reply is-odd' : 'card reply'} data-testid="reply" data-node={reply.node}>
      <h2>
        <span>
          {reply.node}
          {isOdd && <span class="odd-mark"> differs</span>}
        </span>
        <strong class="card-figure">{detailsOf(compared)}</strong>
      </h2>
      {'problem' in reply && <PartProblem problem={reply.problem} />}
      {'value' in reply && request.act !== 'send' && <Text compared={compared} />}
      {'value' in reply && request.act === 'send' && (
        <p>
          Sent to{' '}
          <ClusterProcess
            node={request.node}
            process={{ pid: reply.value.text, node: reply.node }}
            as="Sent to"
          />
          .
        </p>
      )}
    </li>
  );
}

function Refusal({ request }: { readonly request: SentRequest }): JSX.Element | null {
  const { problem } = request;
  if (problem === undefined) return null;
  const advice = adviceFor(problem);
  return (
    <div class="trouble" role="status" data-testid="message-refused">
      <Glyph name="warning" />
      <div>
        <strong>{failureTitle(problem)}</strong>
        <p>{problem.message}</p>
        {advice !== '' && (
          <p>
            <PlainText text={advice} />
          </p>
        )}
      </div>
    </div>
  );
}

/** To how many nodes a message went. Whether it is read there is not known. */
function sentText({ to, count, replies }: SentRequest): string {
  const sent = replies.filter((reply) => 'value' in reply).length;
  if (count > 1) return `Sent to ${to} on ${sent} of ${count} nodes.`;
  return sent === 1 ? `Sent to ${to}.` : `Not sent to ${to}.`;
}

function stateText(request: SentRequest, summary: string): string {
  const { phase, act, to, count } = request;
  if (phase === 'asking')
    return act === 'send'
      ? `Sending to ${to}…`
      : `Waiting for ${count === 1 ? 'the node' : `${count} nodes`}…`;
  if (act === 'send') return sentText(request);
  if (summary !== '') return summary;
  return act === 'rpc' ? `What ${to} returned` : `What ${to} replied`;
}

export function Answers({ request }: { readonly request: SentRequest }): JSX.Element {
  if (request.phase === 'refused') return <Refusal request={request} />;
  const { replies, summary } = compareReplies(request.replies, { areComparable: request.act !== 'send' });
  return (
    <section class="answer" aria-label="Answers" data-testid="answers" data-phase={request.phase}>
      <p class="panel-summary" role="status" data-testid="answers-summary">
        {stateText(request, summary)}
      </p>
      <ul class="replies">
        {replies.map((compared) => (
          <Reply key={compared.reply.node} request={request} compared={compared} />
        ))}
      </ul>
    </section>
  );
}
