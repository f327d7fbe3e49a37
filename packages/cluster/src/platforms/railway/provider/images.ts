/** The image or repository of each kind of node, and the error when there is none. Pure. */

import { nodeKinds } from '@convoy/node/names';
import { ProviderError } from '../../../errors.ts';
import type { ProviderCapability, ProviderNodeKind } from '../../../launch/provider.ts';
import type { RailwayImage } from './options.ts';

type Images = Readonly<Partial<Record<ProviderNodeKind, RailwayImage>>>;

/** A name that no image on the public registry can have: the owner must choose what runs with the cluster's cookie. */
export const defaultImages: Images = { typescript: { source: { image: 'convoy-node' } } };

export function capabilitiesOf(images: Images): ProviderCapability[] {
  return nodeKinds.map((kind) => {
    const image = images[kind];
    if (image === undefined) return { kind, available: false, remedy: remedyOf(kind) };
    const { source } = image;
    return { kind, available: true, version: 'image' in source ? source.image : source.repo };
  });
}

/** Throws PROVIDER_NO_IMAGE when no image is configured for the kind. */
export function imageOf(images: Images, kind: ProviderNodeKind): RailwayImage {
  const image = images[kind];
  if (image !== undefined) return image;
  throw noImage(kind);
}

/** The error for a kind that cannot be launched: PROVIDER_NO_IMAGE. */
export function noImage(kind: ProviderNodeKind): ProviderError {
  const message = `no image is configured for ${kind} nodes on Railway`;
  return new ProviderError('PROVIDER_NO_IMAGE', message, { remedy: remedyOf(kind) });
}

function remedyOf(kind: ProviderNodeKind): string {
  return `Set images.${kind} to the image or repository to deploy.`;
}
