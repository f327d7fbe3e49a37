/**
 * Has the console open an environment of Railway, unless it is open: with the token of this command's own environment or of a
 * file where the console has none yet. The token goes to the console alone, over its authenticated API.
 */

import { readFileSync } from 'node:fs';
import type {
  RailwayEnvironmentView,
  RailwayLogin,
  RailwayPlaceView,
  RailwayView,
} from '@convoy/console/protocol';
import type { ConsoleClient } from './console-client.ts';
import { CliError } from '../errors.ts';
import { railwayToken } from './railway-token.ts';

export interface RailwayFlags {
  /** Id or name; may be left out where there is one only. */
  readonly project?: string;
  readonly environment?: string;
  /** `kind=image`, e.g. `elixir=ghcr.io/you/shop:1` or `typescript=repo:you/app`. */
  readonly image?: readonly string[];
  readonly region?: string;
  readonly tokenFile?: string;
}

const kinds = ['typescript', 'elixir', 'erlang'];

/**
 * The name of the provider of nodes there. Throws CLI_BAD_OPTION, RAILWAY_NOT_FOUND, or what the console
 * says no to.
 */
export async function openRailway(client: ConsoleClient, flags: RailwayFlags): Promise<string> {
  const known = await client.get<RailwayView>('/api/railway');
  const view = known.account === undefined ? await logIn(client, flags, known) : known;
  const { chooseByName } = await import('@convoy/cluster/railway');
  const projects = view.account?.projects ?? [];
  const project = chooseByName('project', flags.project, projects);
  const path = `/api/railway/projects/${encodeURIComponent(project.id)}/environments`;
  const environments = await client.get<RailwayEnvironmentView[]>(path);
  const environment = chooseByName('environment', flags.environment, environments);
  const images = imagesOf(flags.image ?? []);
  const body = {
    projectId: project.id,
    environmentId: environment.id,
    ...(images === undefined ? {} : { images }),
    ...(flags.region === undefined ? {} : { region: flags.region }),
  };
  const place = await client.post<RailwayPlaceView>('/api/railway/places', body);
  return place.name;
}

function logIn(
  client: ConsoleClient,
  { tokenFile }: RailwayFlags,
  { hasOwnToken }: RailwayView,
): Promise<RailwayView> {
  const token = tokenFile === undefined ? railwayToken(process.env) : readToken(tokenFile);
  if (token === undefined && !hasOwnToken) {
    throw new CliError('CLI_BAD_OPTION', 'there is no token of Railway', {
      remedy: 'Set RAILWAY_API_TOKEN or RAILWAY_TOKEN, or name a file with --token-file.',
    });
  }
  const login: RailwayLogin = token === undefined ? {} : { token };
  return client.post<RailwayView>('/api/railway/login', login);
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new CliError('CLI_BAD_OPTION', `--token-file ${file} cannot be read`, { cause });
  }
}

function imagesOf(texts: readonly string[]): Record<string, string> | undefined {
  if (texts.length === 0) return undefined;
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      const kind = text.slice(0, at);
      if (at > 0 && kinds.includes(kind)) return [kind, text.slice(at + 1)];
      throw new CliError('CLI_BAD_OPTION', `--image ${text} names no kind of node`, {
        remedy: 'Write kind=image, e.g. elixir=ghcr.io/you/shop:1 or typescript=repo:you/app.',
      });
    }),
  );
}
