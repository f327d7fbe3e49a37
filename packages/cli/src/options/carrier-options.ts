/**
 * Options for how nodes are reached: the protocol, TLS and its certificates, and the common port of clusters without EPMD.
 * Certificates are given as files; the transport checks their content.
 */

import { readFileSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import type { NodeOptions, TlsTransportOptions, TlsVersion } from '@convoy/node';
import { ifGiven, oneOf, parsePort } from './config.ts';
import type { SettingName } from './setting-table.ts';
import { CliError } from '../errors.ts';
import { note } from '../output.ts';

/** The flags for how nodes are reached. */
export interface CarrierFlags {
  /** `inet`, `inet6`, `tls` (over IPv4 or IPv6) or `tls6` (over IPv6). */
  readonly proto?: string | undefined;
  readonly distPort?: string | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly tlsCa?: string | undefined;
  readonly tlsVerify?: string | undefined;
  readonly tlsVersions?: string | undefined;
}

/** The flags that `withSettings` fills in. */
export const carrierSettings: readonly SettingName[] = [
  'proto',
  'distPort',
  'tlsCert',
  'tlsKey',
  'tlsCa',
  'tlsVerify',
  'tlsVersions',
] satisfies (keyof CarrierFlags)[];

/** The node options that follow from the flags. */
export type Carrier = Pick<NodeOptions, 'proto' | 'transport' | 'resolver'>;

/** Adds the flags to a command. */
export function addCarrierOptions(command: Command): Command {
  return command
    .option('--proto <proto>', 'inet, inet6, tls or tls6 (CONVOY_PROTO, or -proto_dist in ERL_AFLAGS)')
    .option(
      '--dist-port <port>',
      'port that all nodes listen on, instead of asking EPMD (CONVOY_DIST_PORT, ERL_DIST_PORT, or -erl_epmd_port)',
    )
    .option('--tls-cert <file>', 'certificate of this node, PEM (CONVOY_TLS_CERT)')
    .option('--tls-key <file>', 'private key of the certificate, PEM (CONVOY_TLS_KEY)')
    .option('--tls-ca <file>', 'CA certificates that the cluster trusts, PEM (CONVOY_TLS_CA)')
    .option(
      '--tls-verify <mode>',
      'peer: accept only certificates of the CA; none: accept any (CONVOY_TLS_VERIFY)',
    )
    .option('--tls-versions <list>', '1.2, 1.3 or 1.2,1.3 (CONVOY_TLS_VERSIONS, default 1.2,1.3)');
}

/** Turns flags into node options. Rejects with CLI_BAD_OPTION, or with NODE_BAD_TLS for certificates that cannot be used. */
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

/** Throws CLI_BAD_OPTION for flags that have no meaning with `--via`: nodes behind SSH are found and dialled on the host. */
export function refuseCarrier(flags: CarrierFlags): void {
  const given = flags.distPort === undefined ? flags.proto : `port ${flags.distPort}`;
  if (given === undefined || given === 'inet' || given === 'inet6') return;
  throw new CliError('CLI_BAD_OPTION', `--via cannot be combined with ${given}`, {
    remedy: 'Omit --via, or omit --proto and --dist-port: SSH reaches only nodes that use plain TCP.',
  });
}

/** Throws CLI_BAD_OPTION for certificates without TLS: the connection would only look secure. */
function refuseTlsFlags({ proto, tlsCert, tlsKey, tlsCa, tlsVerify, tlsVersions }: CarrierFlags): void {
  const isGiven = [tlsCert, tlsKey, tlsCa, tlsVerify, tlsVersions].some((flag) => flag !== undefined);
  // An explicit --proto overrides certificates that a configuration file holds for other nodes.
  if (!isGiven || proto !== undefined) return;
  throw new CliError('CLI_BAD_OPTION', '--tls- options were given, but TLS is not used', {
    remedy: 'Add --proto tls (or tls6) to use TLS, or --proto inet to ignore them.',
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
    ca: ifGiven(tlsCa, (file) => readPem(file, '--tls-ca')),
    cert: ifGiven(tlsCert, (file) => readPem(file, '--tls-cert')),
    key: ifGiven(tlsKey, readKey),
    versions: ifGiven(tlsVersions, parseVersions),
  };
  return createTlsTransport(options);
}

function parseVersions(text: string): TlsVersion[] {
  return text.split(',').map((version) => oneOf(version.trim(), ['1.2', '1.3'], '--tls-versions'));
}

function readKey(file: string): string {
  const text = readPem(file, '--tls-key');
  if ((statSync(file).mode & 0o077) !== 0) note(`convoy: other users can read ${file}; run chmod 600 on it`);
  return text;
}

function readPem(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CliError('CLI_BAD_OPTION', `${option} ${file} cannot be read`, {
      remedy: 'Check the path and that you may read the file.',
      cause,
    });
  }
}
