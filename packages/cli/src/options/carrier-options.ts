/**
 * The options that say how nodes are reached: the protocol, TLS and its certificates, and the one port of clusters that
 * do without EPMD. Certificates come in files only; what is in them is checked by the transport.
 */

import { readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import type { NodeOptions, TlsTransportOptions, TlsVersion } from '@convoy/node';
import { oneOf, parsePort } from './config.ts';
import type { SettingName } from './setting-table.ts';
import { CliError } from '../errors.ts';
import { note } from '../output.ts';

export interface CarrierFlags {
  /** `tls` and `tls6` are TLS over either family and over IPv6. */
  readonly proto?: string;
  readonly distPort?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  readonly tlsVerify?: string;
  readonly tlsVersions?: string;
}

/** Those that `withSettings` fills. */
export const carrierSettings: readonly SettingName[] = [
  'proto',
  'distPort',
  'tlsCert',
  'tlsKey',
  'tlsCa',
  'tlsVerify',
  'tlsVersions',
] satisfies (keyof CarrierFlags)[];

/** What a node is started with for them. */
export type Carrier = Pick<NodeOptions, 'proto' | 'transport' | 'resolver'>;

export function addCarrierOptions(command: Command): Command {
  return command
    .option('--proto <proto>', 'inet, inet6, tls or tls6 (CONVOY_PROTO, or -proto_dist in ERL_AFLAGS)')
    .option(
      '--dist-port <port>',
      'all nodes listen on this port, no EPMD is asked (CONVOY_DIST_PORT, ERL_DIST_PORT, or -erl_epmd_port)',
    )
    .option('--tls-cert <file>', 'certificate of this node, PEM (CONVOY_TLS_CERT)')
    .option('--tls-key <file>', 'its private key, PEM (CONVOY_TLS_KEY)')
    .option('--tls-ca <file>', 'certificates of those who sign for the cluster, PEM (CONVOY_TLS_CA)')
    .option('--tls-verify <whom>', 'peer: certificates of the CA only; none: anybody (CONVOY_TLS_VERIFY)')
    .option('--tls-versions <list>', '1.2, 1.3 or 1.2,1.3, which is the default (CONVOY_TLS_VERSIONS)');
}

/** Throws `CliError` CLI_BAD_OPTION, or `NodeError` NODE_BAD_TLS for certificates that do not fit. */
export async function carrierOf(flags: CarrierFlags): Promise<Carrier> {
  const proto = oneOf(flags.proto ?? 'inet', ['inet', 'inet6', 'tls', 'tls6'], '--proto');
  const isInet6 = proto === 'inet6' || proto === 'tls6';
  const isTls = proto === 'tls' || proto === 'tls6';
  if (!isTls) refuseTlsFlags(flags);
  return {
    ...(isInet6 ? { proto: 'inet6' } : flags.proto === 'inet' ? { proto: 'inet' } : {}),
    ...(isTls ? { transport: await tlsTransport(flags, isInet6 ? 6 : 0) } : {}),
    ...(flags.distPort === undefined ? {} : { resolver: await portResolver(flags.distPort) }),
  };
}

/** Through SSH nodes are found and dialled there, so none of this has a meaning. Throws CLI_BAD_OPTION. */
export function refuseCarrier(flags: CarrierFlags): void {
  const given = flags.distPort === undefined ? flags.proto : `port ${flags.distPort}`;
  if (given === undefined || given === 'inet' || given === 'inet6') return;
  throw new CliError('CLI_BAD_OPTION', `--via does not go with ${given}`, {
    remedy: 'Leave out --via, or --proto and --dist-port: through SSH only nodes of plain TCP are reached.',
  });
}

/** Who gives certificates and is not asked for TLS would believe to be safe. */
function refuseTlsFlags({ proto, tlsCert, tlsKey, tlsCa, tlsVerify, tlsVersions }: CarrierFlags): void {
  const isGiven = [tlsCert, tlsKey, tlsCa, tlsVerify, tlsVersions].some((flag) => flag !== undefined);
  // Said explicitly, it goes before what a configuration file holds for the other nodes.
  if (!isGiven || proto !== undefined) return;
  throw new CliError('CLI_BAD_OPTION', 'there are --tls- options, but TLS is not used', {
    remedy: 'Add --proto tls (or tls6), or say --proto inet.',
  });
}

async function portResolver(text: string): Promise<NonNullable<NodeOptions['resolver']>> {
  const { createStaticPortResolver } = await import('@convoy/node');
  return createStaticPortResolver({ port: parsePort(text, '--dist-port') });
}

async function tlsTransport(
  flags: CarrierFlags,
  family: 0 | 6,
): Promise<NonNullable<NodeOptions['transport']>> {
  const { createTlsTransport } = await import('@convoy/node');
  const { tlsCa, tlsCert, tlsKey, tlsVerify, tlsVersions } = flags;
  const options: TlsTransportOptions = {
    family,
    verify: oneOf(tlsVerify ?? 'peer', ['peer', 'none'], '--tls-verify'),
    ...(tlsCa === undefined ? {} : { ca: readPem(tlsCa, '--tls-ca') }),
    ...(tlsCert === undefined ? {} : { cert: readPem(tlsCert, '--tls-cert') }),
    ...(tlsKey === undefined ? {} : { key: readKey(tlsKey) }),
    ...(tlsVersions === undefined ? {} : { versions: parseVersions(tlsVersions) }),
  };
  return createTlsTransport(options);
}

function parseVersions(text: string): TlsVersion[] {
  return text.split(',').map((version) => oneOf(version.trim(), ['1.2', '1.3'], '--tls-versions'));
}

function readKey(file: string): string {
  const text = readPem(file, '--tls-key');
  if ((statSync(file).mode & 0o077) !== 0) note(`convoy: ${file} can be read by others; chmod 600 it`);
  return text;
}

function readPem(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CliError('CLI_BAD_OPTION', `${option} ${file} cannot be read`, { cause });
  }
}
