/** Looks at everything on the direct way to a node: its host, each of its addresses, EPMD, and its port. */

import { createStaticResolver, createTcpTransport } from '@convoy/node';
import { defaultEpmdPort } from '@convoy/node/epmd';
import { splitNodeName } from '@convoy/node/names';
import { type DiagnoseOptions, signalOf, stepTimeoutOf } from './diagnose-options.ts';
import type { Examination, StepResult } from './examination.ts';
import {
  type ObservedAddresses,
  listAddresses,
  observeEpmd,
  observeHost,
  observePort,
} from './look/addresses.ts';
import { fromHere } from './look/here.ts';
import { observeMachine, runHere } from './look/machine.ts';
import type { Vantage } from './look/vantage.ts';
import type { Way } from './way.ts';
import type { AddressSeen, DialSeen, EpmdSeen, MachineSeen, Seen } from './model/seen.ts';

/** What is known of the node before anything is looked at. */
export function subjectOf(node: string, options: DiagnoseOptions): Seen {
  return {
    ...splitNodeName(node),
    node,
    from: 'this machine',
    ownName: options.name,
    family: options.family ?? 0,
    // Behind a tunnel, our own environment says nothing about the port.
    epmdPort: options.epmdPort ?? (options.via === undefined ? defaultEpmdPort() : 4369),
    port: options.port,
    isRegistered: options.port === undefined,
    isTls: options.transport?.name.startsWith('tls') === true,
    addresses: [],
  };
}

/** The way to the node, if one of its ports is open; else everything that may tell why not has been looked at. */
export async function lookDirectly(
  examination: Examination,
  subject: Seen,
  options: DiagnoseOptions,
): Promise<{ readonly seen: Seen; readonly way?: Way }> {
  const { family, epmdPort } = subject;
  const timeoutMs = stepTimeoutOf(options);
  const vantage = fromHere({ family, dnsServers: options.dnsServers, epmdPort, timeoutMs });
  const found = await observeAddresses(examination, { vantage, subject, signal: signalOf(options) });
  const open = found.addresses.flatMap(({ address, port }) =>
    port?.outcome === 'open' ? [{ address, port }] : [],
  );
  const [first] = open;
  if (first === undefined || found.port === undefined) {
    return { seen: await lookAround(examination, { vantage, seen: found, signal: signalOf(options) }) };
  }
  const alternatives = open.slice(1).map(({ address }) => address);
  const route = { host: first.address, port: found.port, alternatives };
  const way: Way = {
    resolver: createStaticResolver({ [found.node]: route }),
    transport: options.transport ?? createTcpTransport({ family }),
    localAddress: first.port.localAddress,
    place: { address: first.address, port: found.port },
    cookie: options.cookie,
  };
  return { seen: found, way };
}

interface Looking {
  readonly vantage: Vantage;
  readonly signal: AbortSignal;
}

/** From the name of the host to the port of the node, as far as there is something to look at. */
export async function observeAddresses(
  examination: Examination,
  { vantage, subject, signal }: Looking & { readonly subject: Seen },
): Promise<Seen> {
  const { host } = subject;
  const there = vantage.from === 'this machine' ? '' : ` from ${vantage.from}`;
  const label = there === '' ? 'Resolve the host' : `Resolve ${host}${there}`;
  const resolution = await examination.step({ name: 'resolve', label }, async () => {
    const value = await vantage.resolve(host);
    const isFound = value.addresses.length > 0;
    const why = value.unusable.length > 0 ? `only ${value.unusable.join(', ')}` : value.codes.join(', ');
    return {
      value,
      detail: isFound ? value.addresses.join(', ') : why,
      status: isFound ? 'ok' : 'failed',
    } as const;
  });
  const seen: Seen = { ...subject, resolution, addresses: listAddresses(vantage, resolution.addresses) };
  if (seen.addresses.length === 0) return seen;
  const look: ObservedAddresses = {
    vantage,
    addresses: seen.addresses.map(({ address }) => address),
    signal,
  };
  const asked = seen.port === undefined ? await askForPort(examination, { seen, look, there }) : seen;
  return asked.port === undefined ? asked : dialPorts(examination, { seen: asked, look, there });
}

interface LookingAt {
  readonly seen: Seen;
  readonly look: ObservedAddresses;
  /** ` from web@db2`, or nothing. */
  readonly there: string;
}

async function askForPort(examination: Examination, { seen, look, there }: LookingAt): Promise<Seen> {
  const { name, host } = seen;
  const label = there === '' ? 'Ask EPMD' : `Ask EPMD on ${host}${there}`;
  const answers = await examination.step({ name: 'epmd', label }, async () => {
    const value = await observeEpmd(look, name);
    return { value, ...describeEpmd(value, look.addresses, name) };
  });
  const addresses = seen.addresses.map((one, at): AddressSeen => ({ ...one, epmd: answers[at] }));
  const isKnown = ({ epmd }: AddressSeen): boolean => portIn(epmd, name) !== undefined;
  // Where EPMD knows the node comes first; the node itself may listen at another address only.
  const inOrder = [...addresses.filter(isKnown), ...addresses.filter((one) => !isKnown(one))];
  return { ...seen, addresses: inOrder, port: portIn(inOrder[0]?.epmd, name) };
}

function portIn(epmd: EpmdSeen | undefined, name: string): number | undefined {
  return epmd?.names.find((one) => one.name === name)?.port;
}

function describeEpmd(
  answers: readonly EpmdSeen[],
  addresses: readonly string[],
  name: string,
): Pick<StepResult<unknown>, 'detail' | 'status'> {
  const port = answers.map((answer) => portIn(answer, name)).find((one) => one !== undefined);
  const silent = addresses.filter((_, at) => answers[at]?.outcome !== 'answered');
  if (port !== undefined) return { detail: `port ${port}${notAt(silent)}` };
  if (silent.length < addresses.length)
    return { detail: `it does not know ${name}${notAt(silent)}`, status: 'failed' };
  return { detail: answers.map(({ message }) => message).join('; '), status: 'failed' };
}

async function dialPorts(examination: Examination, { seen, look, there }: LookingAt): Promise<Seen> {
  const { port = 0 } = seen;
  const label = there === '' ? 'Open its port' : `Open the port${there}`;
  const inOrder = seen.addresses.map(({ address }) => address);
  const dials = await examination.step({ name: 'port', label }, async () => {
    const value = await observePort({ ...look, addresses: inOrder }, port);
    return { value, ...describePort(value, inOrder, port) };
  });
  return { ...seen, addresses: seen.addresses.map((one, at): AddressSeen => ({ ...one, port: dials[at] })) };
}

function describePort(
  dials: readonly DialSeen[],
  addresses: readonly string[],
  port: number,
): Pick<StepResult<unknown>, 'detail' | 'status'> {
  const silent = addresses.filter((_, at) => dials[at]?.outcome !== 'open');
  const first = addresses.find((address) => !silent.includes(address));
  if (first !== undefined) return { detail: `${first} port ${port}${notAt(silent)}` };
  const codes = dials.map(({ code }, at) => `${addresses[at]} port ${port}: ${code}`);
  return { detail: codes.join(', '), status: 'failed' };
}

function notAt(addresses: readonly string[]): string {
  return addresses.length === 0 ? '' : ` (not at ${addresses.join(', ')})`;
}

/** The node was not reached: whether anything of its host answers, and what the host shows if it is this machine. */
export async function lookAround(
  examination: Examination,
  { vantage, seen, signal }: Looking & { readonly seen: Seen },
): Promise<Seen> {
  if (seen.addresses.length === 0) return seen;
  const isHere = vantage.from === 'this machine';
  const [addresses, machine] = await Promise.all([
    observeHosts(examination, { vantage, seen, signal }),
    isHere && seen.addresses.some(({ isOwn }) => isOwn) ? observeOwnMachine(examination, signal) : undefined,
  ]);
  return { ...seen, addresses, machine };
}

/** Addresses of this machine answer in any case. */
async function observeHosts(
  examination: Examination,
  { vantage, seen, signal }: Looking & { readonly seen: Seen },
): Promise<readonly AddressSeen[]> {
  const others = seen.addresses.filter(({ isOwn, epmd }) => !isOwn && epmd?.outcome !== 'answered');
  if (others.length === 0) return seen.addresses;
  return examination.step({ name: 'host', label: 'Look for anything else of the host' }, async () => {
    const value = await Promise.all(
      seen.addresses.map(async (one) =>
        others.includes(one) ? { ...one, ...(await observeHost({ vantage, signal }, one.address)) } : one,
      ),
    );
    const answers = value
      .flatMap(({ others: dials = [] }) => dials)
      .filter(({ outcome }) => outcome === 'open' || outcome === 'refused');
    return answers.length > 0
      ? { value, detail: 'it answers at other ports' }
      : { value, detail: 'nothing of it answers', status: 'failed' as const };
  });
}

function observeOwnMachine(examination: Examination, signal: AbortSignal): Promise<MachineSeen | undefined> {
  return examination.ask(
    { name: 'machine', label: 'Look at the ports and nodes of this machine' },
    async () => {
      const value = await observeMachine(runHere, signal);
      if (value === undefined) throw new Error('this machine does not show them');
      return { value, detail: `${value.listeners.length} open ports, ${value.nodes.length} nodes` };
    },
  );
}
