/** Converts between the messages of the page and the types of the Railway provider. Pure. */

import type { ProviderNodeKind } from '@convoy/cluster';
import type { RailwayImage, RailwayNode } from '@convoy/cluster/railway';
import type { RailwayNodeView } from '../../protocol/index.ts';

/** Parses images: `repo:owner/name` is a repository, everything else an image of a registry. */
export function imagesOf(
  images: Readonly<Partial<Record<ProviderNodeKind, string | undefined>>>,
): Partial<Record<ProviderNodeKind, RailwayImage>> {
  const entries = Object.entries(images).flatMap(([kind, text]) => {
    if (text === undefined || text === '') return [];
    const source = text.startsWith('repo:') ? { repo: text.slice('repo:'.length) } : { image: text };
    return [[kind, { source }] as const];
  });
  return Object.fromEntries(entries);
}

/** The view of a node on Railway. */
export function viewOf({ name, kind, serviceName, status, region, isStopped }: RailwayNode): RailwayNodeView {
  return {
    name,
    kind,
    service: serviceName,
    isStopped,
    status,
    region,
  };
}
