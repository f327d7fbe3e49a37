/**
 * `convoy doctor NODE`: explains why a node cannot be reached, from here or from another node, or why the nodes of a cluster are not all
 * connected, and what to do about it.
 */

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { DiagnoseOptions, DiagnoseVia, Diagnosis, DiagnosisStep } from '@convoy/cluster/doctor';
import type { DiagnosisView } from '@convoy/console/protocol';
import { ifGiven, parsePort, withSettings } from '../options/config.ts';
import { findCookieAndOwner, type FoundCookie } from '../options/cookie.ts';
import { CliError } from '../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { note, printable, printResult } from '../output.ts';
import { checkedCarrier } from '../options/peer-owners.ts';
import { parseVia, sshOptionsOf } from '../options/ssh-options.ts';
import { findMember } from '../targets/visits/member-target.ts';
import { pairCalled } from '../targets/console-nodes.ts';
import {
  fullNodeName,
  hostOf,
  type ReachOptions,
  settleReach,
  timeoutOf,
  withVisitor,
} from '../targets/visits/visitor.ts';
import { startVisitor } from '../targets/visits/start-visitor.ts';
import { diagnosisStepLine, verdictText } from '../terminal/diagnosis-lines.ts';
import { meshText } from '../terminal/mesh-lines.ts';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../options/shared-options.ts';

interface DoctorOptions extends ReachOptions {
  readonly from?: string;
  readonly as?: string;
  readonly epmdPort?: string | undefined;
  readonly dnsServer?: readonly string[];
  readonly member?: readonly string[];
  readonly mesh?: boolean;
  /** `false` with `--no-addresses`. */
  readonly addresses?: boolean;
}

async function runDoctor(target: string, flags: DoctorOptions): Promise<void> {
  const options = await withSettings(await settleReach(flags), ['dnsServer']);
  checkFlags(options);
  if (options.mesh === true) return runMesh(target, options);
  const onStep = (step: DiagnosisStep): void => note(diagnosisStepLine(step));
  const diagnosis =
    (await diagnoseByConsole(target, options)) ?? (await diagnoseAlone(target, { ...options, onStep }));
  printResult(options, diagnosis, printable(verdictText(diagnosis)));
  if (!diagnosis.ok) process.exitCode = exitCodes.unreachable;
}

/** Refuses flags that would be ignored. */
function checkFlags({ mesh, from, as, addresses }: DoctorOptions): void {
  if (mesh === true && (from !== undefined || as !== undefined)) {
    throw new CliError('CLI_BAD_OPTION', '--mesh asks every pair, so it takes neither --from nor --as', {
      remedy: 'Leave out --mesh to diagnose one connection.',
    });
  }
  if (mesh !== true && addresses === false) {
    throw new CliError('CLI_BAD_OPTION', '--no-addresses is for the report of --mesh', {
      remedy: 'Add --mesh.',
    });
  }
}

/** Asks every pair of the cluster that the node belongs to. */
async function runMesh(target: string, options: DoctorOptions): Promise<void> {
  const { diagnoseMesh, withoutAddresses } = await import('@convoy/cluster/doctor');
  const report = await withVisitor(target, options, ({ node, target: entry, timeoutMs }) =>
    diagnoseMesh(entry, { node, timeoutMs, members: options.member }),
  );
  const shown = options.addresses === false ? withoutAddresses(report) : report;
  printResult(options, shown, printable(meshText(shown)));
  if (!report.ok) process.exitCode = exitCodes.unreachable;
}

function diagnoseAlone(target: string, options: Watched): Promise<Diagnosis> {
  return options.from === undefined
    ? diagnoseFromHere(target, options)
    : diagnoseFrom(options.from, target, options);
}

/** Has the console diagnose a member of a cluster that it has attached, because only it has the cookie; `undefined` for other nodes. */
async function diagnoseByConsole(target: string, options: DoctorOptions): Promise<DiagnosisView | undefined> {
  const { from } = options;
  const member =
    (await findMember(target, options)) ?? (from === undefined ? undefined : await findMember(from, options));
  if (member === undefined) return undefined;
  const { ask, node } = member;
  const [asked, peer] = from === undefined ? [undefined, node] : await pairCalled(ask, [from, target]);
  const diagnosis = await ask('POST /api/doctor', { body: { node: peer.id, from: asked?.id } });
  for (const step of diagnosis.steps) note(diagnosisStepLine(step));
  return diagnosis;
}

/** Diagnoses a node by the name that it answers with, if `target` has no host part and the assumed one is wrong. */
async function diagnoseNamed(
  target: string,
  diagnoseAs: (name: string) => Promise<Diagnosis>,
): Promise<Diagnosis> {
  const name = fullNodeName(target);
  const diagnosis = await diagnoseAs(name);
  const { fault } = diagnosis;
  if (name === target || fault?.code !== 'NAME_FORM' || fault.value === undefined) return diagnosis;
  note(`${target} is ${fault.value}, not ${name}:`);
  return diagnoseAs(fault.value);
}

type Watched = DoctorOptions & { readonly onStep: (step: DiagnosisStep) => void };

async function diagnoseFromHere(target: string, options: Watched): Promise<Diagnosis> {
  const { diagnose } = await import('@convoy/cluster/doctor');
  const { via, epmdPort, dnsServer, as: name, onStep } = options;
  const found = await cookieFor(options);
  const carrier = via === undefined ? await carrierParts(options, found) : {};
  const diagnosing: DiagnoseOptions = {
    cookie: found.cookie,
    timeoutMs: timeoutOf(options),
    owners: options.owner,
    onStep,
    ...carrier,
    name,
    epmdPort: ifGiven(epmdPort, (port) => parsePort(port, '--epmd-port')),
    dnsServers: dnsServer,
    members: options.member,
    via: via === undefined ? undefined : await viaParts(target, via, options),
  };
  return diagnoseNamed(target, (full) => diagnose(full, diagnosing));
}

/** The cookie for the diagnosis; with `--read-cookie` it is read on the host, once the node is found there. */
async function cookieFor(options: Watched): Promise<FoundCookie> {
  if (options.via === undefined || options.readCookie !== true) return findCookieAndOwner(options);
  return { cookie: randomBytes(16).toString('hex') };
}

/** The way through SSH, on which a node is found and its cookie is read as `convoy ping` does. */
async function viaParts(target: string, via: string, options: Watched): Promise<DiagnoseVia> {
  const { readCookie } = await import('@convoy/cluster/ssh');
  return {
    target: await parseVia(via),
    options: await sshOptionsOf(options),
    isHostAssumed: fullNodeName(target) !== target,
    readCookie: options.readCookie === true ? (tunnel, { user }) => readCookie(tunnel, { user }) : undefined,
  };
}

async function carrierParts(
  options: Watched,
  found: FoundCookie,
): Promise<Pick<DiagnoseOptions, 'family' | 'transport' | 'port'>> {
  const { distPort } = options;
  const { proto, transport } = await checkedCarrier(options, found);
  return {
    family: ifGiven(proto, (given) => (given === 'inet6' ? 6 : 4)),
    transport,
    port: ifGiven(distPort, (port) => parsePort(port, '--dist-port')),
  };
}

async function diagnoseFrom(from: string, target: string, options: Watched): Promise<Diagnosis> {
  const { diagnosePair } = await import('@convoy/cluster/doctor');
  const { onStep } = options;
  if (options.via !== undefined) {
    return withVisitor(from, options, ({ node, target: reached, timeoutMs }) =>
      diagnosePair(reached, fullNodeName(target), { node, timeoutMs, onStep }),
    );
  }
  const found = await findCookieAndOwner(options);
  const carrier = await checkedCarrier(options, found);
  return diagnoseNamed(from, async (first) => {
    await using node = await startVisitor(hostOf(first), found.cookie, carrier);
    return await diagnosePair(first, fullNodeName(target), { node, timeoutMs: timeoutOf(options), onStep });
  });
}

export function configureDoctor(command: Command): void {
  command
    .argument(...nodeArgument)
    .option('--from <node>', 'diagnose the connection from this node instead of from here')
    .option('--as <name@host>', 'node name to connect with, e.g. the name of a node that is refused')
    .option('--epmd-port <port>', 'port of EPMD on the host of the node (ERL_EPMD_PORT, else 4369)')
    .option('--dns-server <address...>', "name servers to use instead of the system's (CONVOY_DNS_SERVER)");
  command
    .option(
      '--member <node...>',
      'another node of the cluster to ask about a node that cannot be reached; gets a proof of the cookie',
    )
    .option(
      '--mesh',
      'ask every node of the cluster for its connection to every other, and why one is missing',
    )
    .option(
      '--no-addresses',
      'with --mesh: placeholders for names of nodes, hosts and addresses, to share the report',
    );
  addReachOptions(command);
  addExamples(
    command,
    'convoy doctor app@db1.example --cookie-file ~/.erlang.cookie',
    'convoy doctor app@db1.example --from web@db2.example',
    'convoy doctor app@db1 --via ssh://ops@db1.example',
    'convoy doctor app@db1.example --mesh --no-addresses',
  );
  command.action((name: string, options: DoctorOptions) => guarded(options, () => runDoctor(name, options)));
}
