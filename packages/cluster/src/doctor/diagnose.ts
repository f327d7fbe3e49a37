/**
 * Finds out why a node cannot be reached from here: looks at everything on the way that can be looked at, then lets all of it choose.
 * A node that can be reached is looked at for what may cause trouble later.
 */

import { createEpmdResolver, createTcpTransport } from '@convoy/node';
import { type DiagnoseOptions, signalOf, stepTimeoutOf } from './diagnose-options.ts';
import type { Diagnosis, Fault } from './model/diagnosis.ts';
import { formatSshTarget } from '../platforms/ssh/index.ts';
import { Examination } from './examination.ts';
import { lookBehind } from './look-behind.ts';
import { lookDirectly, subjectOf } from './look-directly.ts';
import { observeTarget } from './look-at-target.ts';
import { errorSeen } from './look/error-seen.ts';
import { observeHandshake } from './look/handshake.ts';
import { lookThroughWitness } from './look/witness.ts';
import { isLongHost } from '@convoy/node/names';
import type { HandshakeSeen, Seen } from './model/seen.ts';
import { chooseFault, nameFault } from './verdict/verdict.ts';
import { chooseWarnings } from './verdict/target.ts';
import type { Way } from './way.ts';

/** Diagnoses the connection to `node`. Faults are part of the result; rejects only with the signal's reason. */
export async function diagnose(node: string, options: DiagnoseOptions): Promise<Diagnosis> {
  const from = options.via === undefined ? 'this machine' : `ssh://${formatSshTarget(options.via.target)}`;
  const examination = new Examination(options.onStep);
  const open: AsyncDisposable[] = [];
  try {
    const seen = await look(examination, { subject: subjectOf(node, options), options, open });
    options.signal?.throwIfAborted();
    const fault = chooseFault(seen);
    const warnings: readonly Fault[] = fault === undefined ? chooseWarnings(seen) : [];
    return { node: seen.node, from, ok: fault === undefined, steps: examination.steps, fault, warnings };
  } finally {
    for (const one of open.reverse()) await one[Symbol.asyncDispose]();
  }
}

interface Search {
  readonly subject: Seen;
  readonly options: DiagnoseOptions;
  /** To be closed at the end. */
  readonly open: AsyncDisposable[];
}

async function look(examination: Examination, search: Search): Promise<Seen> {
  const { subject, options, open } = search;
  if (!(await checkName(examination, subject))) return subject;
  try {
    const { via } = options;
    const { seen, way } =
      via === undefined
        ? await lookDirectly(examination, subject, options)
        : await lookBehind(examination, { subject, options, via, open });
    if (way === undefined) return await askMembers(examination, seen, options);
    const handshake = await shakeHands(examination, { seen, way, options });
    if (handshake.error !== undefined) return await askMembers(examination, { ...seen, handshake }, options);
    const target = await observeTarget(examination, { node: seen.node, way, options });
    return { ...seen, handshake, target };
  } catch (error) {
    signalOf(options).throwIfAborted();
    return { ...subject, error: errorSeen(error) };
  }
}

/** Whether the name is one that can be looked for. */
function checkName(examination: Examination, subject: Seen): Promise<boolean> {
  return examination.step({ name: 'name', label: 'Read the name' }, async () => {
    const fault = nameFault(subject);
    if (fault !== undefined) return { value: false, detail: fault.sentence, status: 'failed' };
    const { host } = subject;
    return { value: true, detail: `${isLongHost(host) ? 'a long' : 'a short'} name, on host ${host}` };
  });
}

function shakeHands(
  examination: Examination,
  { seen, way, options }: { readonly seen: Seen; readonly way: Way; readonly options: DiagnoseOptions },
): Promise<HandshakeSeen> {
  return examination.step({ name: 'handshake', label: 'Perform the handshake' }, async () => {
    const { node, ownName } = seen;
    const request = { ...way, node, ownName, timeoutMs: stepTimeoutOf(options), signal: signalOf(options) };
    const value = await observeHandshake(request);
    return value.error === undefined
      ? { value, detail: 'the name and the cookie are right' }
      : { value, detail: value.error.message, status: 'failed' };
  });
}

/** The node was not reached: what another node of its cluster sees of it. */
async function askMembers(examination: Examination, seen: Seen, options: DiagnoseOptions): Promise<Seen> {
  const { members = [], cookie, transport, epmdPort, via } = options;
  if (members.length === 0 || via !== undefined || seen.addresses.length === 0) return seen;
  const { node, family, port } = seen;
  const witness = await examination.ask(
    { name: 'member', label: 'Ask another node of the cluster' },
    async () => {
      const value = await lookThroughWitness({
        node,
        candidates: members.filter((member) => member !== node),
        cookie,
        resolver: createEpmdResolver({ port: epmdPort, family }),
        transport: transport ?? createTcpTransport({ family }),
        port,
        address: seen.addresses[0]?.address ?? '',
        timeoutMs: stepTimeoutOf(options),
        signal: signalOf(options),
      });
      if (value === undefined) throw new Error('none of them can be reached');
      return { value, detail: `${value.name} is ${value.isConnected ? '' : 'not '}connected to it` };
    },
  );
  return { ...seen, witness };
}
