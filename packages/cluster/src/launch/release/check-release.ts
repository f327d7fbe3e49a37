/** Refuses a release that is missing, that cannot be started, or that makes another kind of node. Pure. */

import { ProviderError } from '../../errors.ts';
import type { ProviderNodeKind } from '../provider.ts';

/** What `askForRelease` reports. */
export interface ReleaseAnswer {
  readonly tool?: string | undefined;
  readonly problem?: string | undefined;
}

const kinds: Readonly<Record<string, { readonly kind: ProviderNodeKind; readonly title: string }>> = {
  mix: { kind: 'elixir', title: 'an Elixir' },
  rebar3: { kind: 'erlang', title: 'an Erlang' },
};

/**
 * Throws `ProviderError` PROVIDER_BAD_PROGRAM, unless the release makes nodes of this kind. `where` is the machine:
 * `this computer`.
 */
export function checkRelease(
  {
    kind,
    folder,
    where,
  }: { readonly kind: ProviderNodeKind; readonly folder: string; readonly where: string },
  { tool = '', problem }: ReleaseAnswer,
): void {
  const made = kinds[tool];
  if (made === undefined) {
    throw new ProviderError('PROVIDER_BAD_PROGRAM', `${where} ${problem ?? `has no release in ${folder}`}`, {
      remedy:
        'Give the folder that mix release or rebar3 release made, such as /srv/shop/_build/prod/rel/shop.',
    });
  }
  if (made.kind === kind) return;
  throw new ProviderError('PROVIDER_BAD_PROGRAM', `${folder} was made by ${tool} release`, {
    remedy: `Launch it as ${made.title} node.`,
  });
}
