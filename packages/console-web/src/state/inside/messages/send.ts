/** Sends what the form says to some nodes of a cluster, and keeps what they answer. A later request takes the place of an earlier one. */

import type { Problem } from '@convoy/console/protocol';
import { signal, type Signal } from '@preact/signals';
import { ask, problemFrom } from '../../../console-link/api-client.ts';
import type { NodeReply } from './compare-answers.ts';
import { functionIn, type MessageAct, type MessageForm } from './message-form.ts';

/** A request of this page. */
export interface SentRequest {
  /** Id of the node in whose panel it was made. */
  readonly node: string;
  readonly act: MessageAct;
  /** The process or the function. */
  readonly to: string;
  readonly phase: 'asking' | 'answered' | 'refused';
  /** How many nodes it is for. */
  readonly count: number;
  readonly replies: readonly NodeReply[];
  /** Why nothing was sent. */
  readonly problem?: Problem;
}

export interface Recipients {
  readonly cluster: string;
  /** Names of nodes of that cluster. */
  readonly nodes: readonly string[];
}

export const sentRequest: Signal<SentRequest | undefined> = signal(undefined);

let requests = 0;

async function repliesTo(form: MessageForm, { cluster, nodes }: Recipients): Promise<readonly NodeReply[]> {
  const { act, syntax, timeoutMs } = form;
  const params = { id: cluster };
  const common = { nodes: [...nodes], syntax, timeoutMs };
  const term = form.term.trim();
  const message = { ...common, to: form.to.trim(), message: term };
  if (act === 'send') {
    const answers = await ask('POST /api/clusters/:id/send', { params, body: message });
    return answers.map(({ node, answer }) =>
      answer.state === 'answered'
        ? { node, value: { text: answer.value } }
        : { node, problem: answer.problem },
    );
  }
  const called = functionIn(form.function) ?? { module: '', function: '' };
  const answers =
    act === 'call'
      ? await ask('POST /api/clusters/:id/call', { params, body: message })
      : await ask('POST /api/clusters/:id/rpc', {
          params,
          body: { ...common, ...called, args: term === '' ? '[]' : term },
        });
  return answers.map(({ node, answer }) =>
    answer.state === 'answered'
      ? { node, value: answer.value, elapsedMs: answer.cost.elapsedMs }
      : { node, problem: answer.problem },
  );
}

/** Sends it. The user has been asked where that is wanted. */
export async function sendRequest(
  form: MessageForm,
  recipients: Recipients & { readonly node: string; readonly to: string },
): Promise<void> {
  requests += 1;
  const request = requests;
  const { node, to, nodes } = recipients;
  const asked: SentRequest = { node, act: form.act, to, phase: 'asking', count: nodes.length, replies: [] };
  sentRequest.value = asked;
  const keep = (change: Partial<SentRequest>): void => {
    if (request === requests) sentRequest.value = { ...asked, ...change };
  };
  try {
    keep({ phase: 'answered', replies: await repliesTo(form, recipients) });
  } catch (error) {
    keep({ phase: 'refused', problem: problemFrom(error) });
  }
}
