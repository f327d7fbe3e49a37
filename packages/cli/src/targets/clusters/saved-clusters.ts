/** Connections to clusters as a file without secrets: what `convoy clusters export` prints and `import` reads. */

import { existsSync, readFileSync } from 'node:fs';
import { attachClusterSchema, type ClusterView, clusterViewSchema } from '@convoy/console/protocol';
import { z } from 'zod';
import { CliError } from '../../errors.ts';
import { type ClusterCookie, cookieIn } from '../../options/attach/cluster-cookie.ts';
import { askLine, canAsk } from '../../terminal/ask-line.ts';

const savedSchema = clusterViewSchema.pick({ id: true, label: true, color: true, production: true }).extend({
  request: attachClusterSchema.omit({ cookie: true }),
  // Files of earlier versions do not have it.
  acting: z.boolean().optional(),
});

const fileSchema = z.object({ clusters: z.array(savedSchema).max(100) });

/** A connection: how the cluster is called and marked, and the request by which it was attached, without its cookie. */
export interface SavedCluster extends Pick<ClusterView, 'id' | 'label' | 'color' | 'production'> {
  readonly request: NonNullable<ClusterView['request']>;
  /** Whether users may act inside of its nodes. */
  readonly acting?: boolean | undefined;
}

/** The connections to the attached ones of these clusters. */
export function savedClustersOf(clusters: readonly ClusterView[]): { clusters: SavedCluster[] } {
  return {
    clusters: clusters.flatMap(({ id, label, color, production, acting, request }) =>
      request === undefined ? [] : [{ id, label, color, production, acting, request }],
    ),
  };
}

/** The connections in a file. Throws CLI_BAD_OPTION. */
export function readSavedClusters(file: string): SavedCluster[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CliError(
      'CLI_BAD_OPTION',
      `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        remedy: 'Name a file that `convoy clusters export` has printed.',
        cause,
      },
    );
  }
  const { success, data, error } = fileSchema.safeParse(value);
  if (success) return data.clusters;
  const [issue] = error.issues;
  throw new CliError(
    'CLI_BAD_OPTION',
    `${file}, ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`,
    {
      remedy: 'Name a file that `convoy clusters export` has printed.',
    },
  );
}

/**
 * The cookie of each cluster, by id: from the files of the flags `CLUSTER=FILE`, from those that the connections name and that exist here, and
 * for the others, from those that the user types. Rejects with CLI_NO_COOKIE and CLI_BAD_OPTION.
 */
export async function cookiesOf(
  clusters: readonly SavedCluster[],
  flags: readonly string[],
): Promise<ReadonlyMap<string, ClusterCookie>> {
  const files = new Map(flags.map(parseFlag));
  const unknown = [...files.keys()].find((id) => clusters.every((cluster) => cluster.id !== id));
  if (unknown !== undefined) {
    throw new CliError('CLI_BAD_OPTION', `--cookie-file ${unknown}=...: the file has no cluster ${unknown}`, {
      value: unknown,
      remedy: `Use one of ${clusters.map(({ id }) => id).join(', ')}.`,
    });
  }
  const cookies = new Map<string, ClusterCookie>();
  for (const { id, request } of clusters) {
    const saved = request.cookieFile;
    const file = files.get(id) ?? (saved !== undefined && existsSync(saved) ? saved : undefined);
    // Through a place, the console reads the cookie of the owner of the node.
    const isReadThere = file === undefined && request.via !== undefined;
    cookies.set(id, isReadThere ? {} : await cookieIn(file ?? (await askForFile(id))));
  }
  return cookies;
}

function parseFlag(text: string): [id: string, file: string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new CliError('CLI_BAD_OPTION', `--cookie-file ${text} does not say which cluster the file is for`, {
    remedy: 'Write it as CLUSTER=FILE, e.g. --cookie-file prod=/etc/prod.cookie.',
  });
}

async function askForFile(id: string): Promise<string> {
  const answer = canAsk() ? await askLine(`File that contains the cookie of ${id}: `) : undefined;
  if (answer !== undefined && answer.trim() !== '') return answer.trim();
  throw new CliError('CLI_NO_COOKIE', `no cookie was given for ${id}`, {
    value: id,
    remedy: `Add --cookie-file ${id}=FILE.`,
  });
}
