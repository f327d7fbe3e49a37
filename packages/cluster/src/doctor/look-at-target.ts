/** Looks at a node that can be reached, by a hidden node of the doctor's own that visits it. */

import { type Node, startNode } from '@convoy/node';
import type { Term } from '@convoy/node/etf';
import { type DiagnoseOptions, signalOf, stepTimeoutOf } from './diagnose-options.ts';
import type { Examination } from './examination.ts';
import { type Ask, askNode } from './look/asking/asker.ts';
import { visitorName } from './look/handshake.ts';
import { observeLarge, observeMesh, observeVersionAndClock, lookBack } from './look/node.ts';
import type { MeshSeen, NodeSeen } from './model/seen.ts';
import { chooseWarnings, targetFault } from './verdict/target.ts';
import type { Seen } from './model/seen.ts';
import type { Way } from './way.ts';

interface Visit {
  readonly node: string;
  readonly way: Way;
  readonly options: DiagnoseOptions;
}

/** Asks a node that was reached. Questions that it does not answer are skipped. */
export async function observeTarget(examination: Examination, visit: Visit): Promise<NodeSeen> {
  const { node: target, way, options } = visit;
  const signal = signalOf(options);
  const timeoutMs = stepTimeoutOf(options);
  const { cookie, resolver, transport, localAddress } = way;
  const visitor = { hidden: true, listen: false, resolver, transport } as const;
  await using node: Node = await startNode({ name: visitorName(target), cookie, ...visitor });
  const ask = askNode({ node, timeoutMs, signal }, target);
  const version = await examination.ask({ name: 'node', label: 'Ask for version and clock' }, async () => {
    const value = await observeVersionAndClock(ask);
    return { value, ...describeVersion(target, value) };
  });
  // TypeScript nodes answer none of the other questions.
  if (version?.release === undefined) return version ?? {};
  const large = await sendLarge(examination, { node, target, ask, signal });
  const seen: NodeSeen = { ...version, ...large };
  if (large?.largeThere === false || large?.largeBack === false) return seen;
  const dialBack =
    localAddress === undefined ? undefined : await dialBackFrom(examination, { target, ask, localAddress });
  return { ...seen, dialBack, mesh: await compareMesh(examination, target, ask) };
}

function describeVersion(
  target: string,
  { release, skewMs }: NodeSeen,
): { detail: string; status?: 'warning' } {
  if (release === undefined) return { detail: 'a TypeScript node' };
  const clock = skewMs === undefined ? '' : `, clocks ${Math.round(Math.abs(skewMs))} ms apart`;
  return warningOf(target, { release, skewMs }) ?? { detail: `OTP ${release}${clock}` };
}

/** The line of a step that found something to warn of. */
function warningOf(node: string, target: NodeSeen): { detail: string; status: 'warning' } | undefined {
  const seen: Pick<Seen, 'node' | 'host' | 'addresses' | 'target'> = {
    node,
    host: '',
    addresses: [],
    target,
  };
  const [warning] = chooseWarnings(seen);
  return warning && { detail: warning.sentence, status: 'warning' };
}

interface Questioned {
  readonly node: Node;
  readonly target: string;
  readonly ask: Ask;
  readonly signal: AbortSignal;
}

/** A connection that waits for a lost packet carries nothing else: after each failure a new one is made. */
function sendLarge(
  examination: Examination,
  { node, target, ask, signal }: Questioned,
): Promise<NodeSeen | undefined> {
  const visit = async (question: (ask: Ask) => Promise<Term>): Promise<Term> => {
    try {
      return await question(ask);
    } catch (error) {
      node.disconnect(target);
      throw error;
    }
  };
  return examination.ask({ name: 'packets', label: 'Send large packets both ways' }, async () => {
    const value = await observeLarge(visit, signal);
    const fault = targetFault({ node: target, target: value });
    if (value.largeBytes === undefined) throw new Error('it does not answer');
    return fault === undefined
      ? { value, detail: `${value.largeBytes} bytes each way` }
      : { value, detail: fault.sentence, status: 'failed' as const };
  });
}

function dialBackFrom(
  examination: Examination,
  {
    target,
    ask,
    localAddress,
  }: { readonly target: string; readonly ask: Ask; readonly localAddress: string },
): Promise<NodeSeen['dialBack']> {
  return examination.ask({ name: 'return', label: 'Check that it can dial back' }, async () => {
    const value = await lookBack(ask, localAddress);
    return {
      value,
      ...(warningOf(target, { dialBack: value }) ?? { detail: `it can dial ${value?.address ?? ''}` }),
    };
  });
}

function compareMesh(examination: Examination, target: string, ask: Ask): Promise<MeshSeen | undefined> {
  return examination.ask({ name: 'mesh', label: 'Compare the connections of its peers' }, async () => {
    const { peers, ...value } = await observeMesh(ask, target);
    const healthy = peers === 0 ? 'it has no visible peers' : `${peers + 1} nodes, all connected`;
    return { value, ...(warningOf(target, { mesh: value }) ?? { detail: healthy }) };
  });
}
