/**
 * `--via railway:[project/environment/]service`: reaches the node of a service on Railway through Railway's SSH relay. Its
 * name, port and cookie come from the variables of the service, read as the node itself reads them.
 */

import type { SshTarget, SshTunnel } from '@convoy/cluster/ssh';
import { isFullNodeName } from '@convoy/node/names';
import { CliError } from '../../errors.ts';
import { readReleaseEnvironment } from '../../options/release-environment.ts';
import { railwayScheme, type SshFlags, sshOptionsOf } from '../../options/ssh-options.ts';

const relay = { host: 'ssh.railway.com', port: 22 };

/** A node on Railway and an open tunnel to it. */
export interface RailwayRoute {
  readonly name: string;
  readonly tunnel: SshTunnel;
  readonly port: number;
  /** The cookie in the variables of the service. */
  readonly cookie: string | undefined;
}

interface Place {
  readonly project: string | undefined;
  readonly environment: string | undefined;
  readonly service: string;
}

/** Opens the tunnel. Rejects with `CliError`, `RailwayError` or `SshError`. */
export async function openRailwayRoute(via: string, flags: SshFlags): Promise<RailwayRoute> {
  const place = parsePlace(via);
  const { serviceInstanceId, variables } = await findService(place);
  const { name, cookie, distPort, listenPort } = readReleaseEnvironment(variables, '');
  const port = Number(distPort ?? listenPort);
  const isNamed = name !== undefined && isFullNodeName(name);
  if (!isNamed || !Number.isInteger(port)) {
    const what = isNamed ? 'no port (ERL_DIST_PORT)' : 'no full node name (RELEASE_NODE)';
    throw new CliError('CLI_BAD_OPTION', `the variables of ${place.service} set ${what}`, {
      remedy: 'Set RELEASE_NODE, RELEASE_DISTRIBUTION and ERL_DIST_PORT on the service.',
    });
  }
  const { openSshTunnel } = await import('@convoy/cluster/ssh');
  const { host, port: relayPort } = relayOf(process.env);
  const target: SshTarget = { hops: [{ user: serviceInstanceId, host, port: relayPort }] };
  // OpenSSH servers need a terminal to switch their delay off, which would start a process in the container.
  const tunnel = await openSshTunnel(target, { ...(await sshOptionsOf(flags)), noDelay: false });
  return { name, tunnel, port, cookie };
}

function parsePlace(via: string): Place {
  const parts = via.slice(railwayScheme.length).split('/');
  const [service = '', environment, project] = parts.toReversed();
  if (parts.length <= 3 && parts.every((part) => part !== '')) return { project, environment, service };
  throw new CliError('CLI_BAD_OPTION', `${via} does not name a service`, {
    remedy: 'Use railway:service or railway:project/environment/service.',
  });
}

async function findService({
  project: wantedProject,
  environment: wantedEnvironment,
  service,
}: Place): Promise<{
  readonly serviceInstanceId: string;
  readonly variables: Readonly<Record<string, string>>;
}> {
  const { chooseByName, createRailwayClient, railwayToken } = await import('@convoy/cluster/railway');
  const endpoint = process.env['CONVOY_RAILWAY_ENDPOINT'];
  await using client = createRailwayClient({
    token: neededToken(railwayToken(process.env)),
    endpoint,
  });
  const project = chooseByName('project', wantedProject, await client.projects());
  const environments = await client.environments(project.id);
  const environment = chooseByName('environment', wantedEnvironment, environments);
  const calls = client.environment({ projectId: project.id, environmentId: environment.id });
  const { serviceId, serviceInstanceId } = chooseByName(
    'service',
    service,
    (await calls.services()).map((one) => ({ ...one, id: one.serviceId })),
  );
  return { serviceInstanceId, variables: await calls.variables(serviceId) };
}

/** Throws CLI_BAD_OPTION. */
function neededToken(token: string | undefined): string {
  if (token !== undefined) return token;
  throw new CliError('CLI_BAD_OPTION', 'no Railway token was given', {
    remedy: 'Set RAILWAY_API_TOKEN or RAILWAY_TOKEN.',
  });
}

/** Railway's relay, or the one at `host:port` of CONVOY_RAILWAY_RELAY. */
function relayOf(env: NodeJS.ProcessEnv): { readonly host: string; readonly port: number } {
  const text = env['CONVOY_RAILWAY_RELAY'];
  if (text === undefined || text === '') return relay;
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host !== '') return { host, port: Number(port) };
  throw new CliError('CLI_BAD_OPTION', `CONVOY_RAILWAY_RELAY is ${text}, which is not an address`, {
    remedy: 'Set it to host:port.',
  });
}
