/**
 * Sends a term to a process, calls a server or calls a function, on this node or on several of its cluster. The address may name a process:
 * `#/nodes/ID/send/<0.85.0>`.
 */

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { confirmChange } from '../../../state/clusters/production.ts';
import { actingIn } from '../../../state/inside/acts.ts';
import {
  changeForm,
  type MessageForm,
  messageForm,
  missingIn,
  targetOf,
} from '../../../state/inside/messages/message-form.ts';
import { sendRequest, sentRequest } from '../../../state/inside/messages/send.ts';
import { askableBeside } from '../../../state/inside/panels/cluster-nodes.ts';
import { findNode } from '../../../state/nodes/nodes.ts';
import { formatCount } from '../../../state/page/format.ts';
import { ActingOff } from '../parts/acting-off.tsx';
import type { PanelProps } from '../parts/panel-props.ts';
import { Answers } from './answers.tsx';
import { MessageFields } from './message-fields.tsx';
import { NodeChoice } from './node-choice.tsx';
import '../../../styles/inside/panel.css';
import '../../../styles/inside/processes.css';
import '../../../styles/inside/lists.css';
import '../../../styles/inside/messages.css';

const buttons: Readonly<Record<MessageForm['act'], string>> = { send: 'Send', call: 'Call', rpc: 'Call' };

/** What happens, for the question in a cluster that is marked as production. */
function sentenceOf(form: MessageForm, names: readonly string[]): string {
  const where = names.length === 1 ? (names[0] ?? '') : formatCount(names.length, 'node');
  const what: Readonly<Record<MessageForm['act'], string>> = {
    send: `A message is sent to ${targetOf(form)} on ${where}.`,
    call: `${targetOf(form)} is called on ${where}.`,
    rpc: `${targetOf(form)} is called on ${where}.`,
  };
  return what[form.act];
}

function SendButton(props: {
  readonly form: MessageForm;
  readonly isOff: boolean;
  readonly count: number;
}): JSX.Element {
  const { form, isOff, count } = props;
  const missing = missingIn(form, count);
  const isAsking = sentRequest.value?.phase === 'asking';
  const on = count > 1 ? ` on ${count} nodes` : '';
  return (
    <div class="button-row message-send">
      <button
        type="submit"
        class="button primary"
        data-testid="message-send"
        disabled={isOff || missing !== undefined}
        aria-busy={isAsking}
        aria-describedby={isOff ? 'acting-off' : 'message-missing'}
      >
        {buttons[form.act]}
        {on}
      </button>
      <span class="quiet" id="message-missing">
        {isOff ? '' : missing}
      </span>
    </div>
  );
}

export function MessagesPanel({ node, item }: PanelProps): JSX.Element {
  const form = messageForm.value;
  const own = findNode(node);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set([node]));
  const beside = askableBeside(node);
  const names = beside.filter(({ id }) => chosen.has(id)).map(({ name }) => name);
  const cluster = own?.cluster;
  const isOff = cluster !== undefined && !actingIn(cluster);
  useEffect(() => {
    if (item !== undefined) changeForm({ to: item, ...(form.act === 'rpc' ? { act: 'call' } : {}) });
  }, [item]);
  const onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (cluster === undefined || isOff || missingIn(form, names.length) !== undefined) return;
    const change = { sentence: sentenceOf(form, names), button: buttons[form.act] };
    if (!(await confirmChange([cluster], change))) return;
    await sendRequest(form, { cluster, nodes: names, node, to: targetOf(form) });
  };
  const sent = sentRequest.value?.node === node ? sentRequest.value : undefined;
  return (
    <div class="panel" data-testid="panel-send">
      <form class="message-form" aria-label="Send and call" onSubmit={(event) => void onSubmit(event)}>
        <MessageFields />
        <NodeChoice nodes={beside} chosen={chosen} onChoose={setChosen} />
        {isOff && <ActingOff cluster={cluster} />}
        <SendButton form={form} isOff={isOff} count={names.length} />
      </form>
      {sent !== undefined && <Answers request={sent} />}
    </div>
  );
}
