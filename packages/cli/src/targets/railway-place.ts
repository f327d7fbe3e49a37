/**
 * Opens a Railway environment in the console, unless it is already open. If the console has no token yet, the one in this
 * command's environment or in a file is used. The token goes only to the console, over its authenticated API.
 */

import { readFileSync } from 'node:fs';
import type { NodeKind, RailwayView } from '@convoy/console/protocol';
import { nodeKinds } from '@convoy/node/names';
import type { ConsoleClient } from './console-client.ts';
import { CliError } from '../errors.ts';
import { isRailway } from '../options/ssh-options.ts';

/** The flags for launching on Railway. */
export interface RailwayFlags {
  /** Id or name of the project; may be omitted if the token reaches only one. */
  readonly project?: string;
  /** Id or name of the environment; may be omitted if the project has only one. */
  readonly environment?: string;
  /** Images by kind of node, e.g. `elixir=ghcr.io/you/shop:1` or `typescript=repo:you/app`. */
  readonly image?: readonly string[];
  readonly region?: string | undefined;
  readonly tokenFile?: string;
}

/**
 * Opens the environment and resolves with the name of its provider. Rejects with CLI_BAD_OPTION, RAILWAY_NOT_FOUND, or
 * CLI_CONSOLE_REFUSED.
 */
export async function openRailway(ask: ConsoleClient, flags: RailwayFlags): Promise<string> {
  const images = imagesOf(flags.image ?? []);
  checkRegion(flags.region);
  const view = await connectRailway(ask, flags);
  const { chooseByName } = await import('@convoy/cluster/railway');
  const projects = view.account?.projects ?? [];
  const project = chooseByName('project', flags.project, projects);
  const environments = await ask('GET /api/railway/projects/:id/environments', {
    params: { id: project.id },
  });
  const environment = chooseByName('environment', flags.environment, environments);
  const body = {
    projectId: project.id,
    environmentId: environment.id,
    images,
    region: flags.region,
  };
  const place = await ask('POST /api/railway/places', { body });
  return place.name;
}

/** Has the console log in to Railway, unless it has already. Rejects with CLI_BAD_OPTION or CLI_CONSOLE_REFUSED. */
async function connectRailway(
  ask: ConsoleClient,
  flags: Pick<RailwayFlags, 'tokenFile'>,
): Promise<RailwayView> {
  const known = await ask('GET /api/railway');
  return known.account === undefined ? logIn(ask, flags, known) : known;
}

/**
 * Prepares the console for a way of a cluster: an environment of Railway, which the console opens, needs a login there. Rejects with
 * CLI_BAD_OPTION for a way that names anything else on Railway, and as `openRailway` does.
 */
export async function prepareWay(ask: ConsoleClient, via: string | undefined): Promise<void> {
  if (via === undefined || !isRailway(via)) return;
  if (!/^railway:[^/]+\/[^/]+$/.test(via)) {
    throw new CliError('CLI_BAD_OPTION', `--via ${via} does not name an environment of Railway`, {
      value: via,
      remedy: 'Use railway:project/environment: the console finds the services of the nodes there.',
    });
  }
  await connectRailway(ask, {});
}

async function logIn(
  ask: ConsoleClient,
  { tokenFile }: Pick<RailwayFlags, 'tokenFile'>,
  { hasOwnToken }: RailwayView,
): Promise<RailwayView> {
  const { railwayToken } = await import('@convoy/cluster/railway');
  const token = tokenFile === undefined ? railwayToken(process.env) : readToken(tokenFile);
  if (token === undefined && !hasOwnToken) {
    throw new CliError('CLI_BAD_OPTION', 'no Railway token was given', {
      remedy: 'Set RAILWAY_API_TOKEN or RAILWAY_TOKEN, or use --token-file FILE.',
    });
  }
  return ask('POST /api/railway/login', { body: { token } });
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new CliError('CLI_BAD_OPTION', `--token-file ${file} cannot be read`, {
      remedy: 'Check the path and that you may read the file.',
      cause,
    });
  }
}

function imagesOf(texts: readonly string[]): Partial<Record<NodeKind, string>> | undefined {
  if (texts.length === 0) return undefined;
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      const kind = nodeKinds.find((one) => one === text.slice(0, at));
      const image = text.slice(at + 1);
      if (kind !== undefined && isImage(image)) return [kind, image];
      if (kind !== undefined) {
        throw new CliError('CLI_BAD_OPTION', `--image ${text}: "${image}" is not an image or a repository`, {
          remedy: 'Use an image of a registry, e.g. ghcr.io/you/shop:1, or repo:owner/name.',
        });
      }
      throw new CliError('CLI_BAD_OPTION', `--image ${text} does not start with a kind of node`, {
        remedy: 'Use kind=image, e.g. elixir=ghcr.io/you/shop:1 or typescript=repo:you/app.',
      });
    }),
  );
}

function isImage(text: string): boolean {
  return text.length <= 300 && /^(?:repo:[\w.-]+\/[\w.-]+|[\w./:@-]+)$/.test(text);
}

function checkRegion(region: string | undefined): void {
  if (region === undefined || /^[a-z0-9-]{1,60}$/.test(region)) return;
  throw new CliError('CLI_BAD_OPTION', `--region ${region} is not a region`, {
    remedy: 'Use at most 60 lower-case letters, digits and -, e.g. europe-west4-drams3a.',
  });
}
