/** This computer: a platform and its one place, which is always open. */

import { localForm, type LocalProvider, type PlatformForm, type RememberedNode } from '@convoy/cluster';
import { createOwnerCheck, createTcpTransport } from '@convoy/node';
import { problemOf } from '../../errors.ts';
import { adoptFound } from '../adopt-found.ts';
import type { PlaceContext } from '../open-places.ts';
import type { Place, Platform, Way } from '../place.ts';

/** Key of the place, and name of its provider. */
export const localKey = 'local';

/** Kept nodes, by the key of their place. */
interface LocalLinks {
  place(key: string): { readonly nodes: readonly RememberedNode[] } | undefined;
}

/** What the platform needs besides the context of all. */
export interface LocalSettings {
  /** The caller closes it. */
  readonly provider: LocalProvider;
  /** The nodes that an earlier console kept. */
  readonly links: LocalLinks;
  /** Cookie of the local cluster. */
  readonly cookie: string;
  readonly epmdPort: number;
}

/** This computer. */
export class LocalPlace implements Platform, Place {
  readonly kind = localKey;
  readonly key: string = localKey;
  readonly label = 'this computer';
  readonly nodesFindEachOther = false;
  readonly form: PlatformForm;
  readonly #context: PlaceContext;
  readonly #settings: LocalSettings;
  readonly #closing = new AbortController();

  constructor(context: PlaceContext, settings: LocalSettings) {
    this.#context = context;
    this.#settings = settings;
    this.form = localForm({ nodeLimit: context.nodeLimit, canKeep: process.platform !== 'win32' });
    context.places.add(this);
  }

  get provider(): LocalProvider {
    return this.#settings.provider;
  }

  lists(): boolean {
    return false;
  }

  async examine<Result>(_node: string, probe: (way: Way) => Promise<Result>): Promise<Result> {
    const { cookie, epmdPort } = this.#settings;
    // Any user of this machine can register that name with EPMD.
    const transport = createTcpTransport({ checkStream: createOwnerCheck() });
    return probe({ cookie, epmdPort, transport });
  }

  /** Adopts the nodes that the previous console kept. */
  reopen(): Promise<void> {
    const { launched, logger, faults } = this.#context;
    const { provider, links } = this.#settings;
    const how = {
      adopt: (known: RememberedNode) => provider.adopt(known),
      launchedAs: (known: RememberedNode) => known,
      onFailure: ({ name }: RememberedNode, error: unknown) =>
        logger.warn(
          { node: name, error: problemOf(error) },
          'a kept node of the previous console does not answer',
        ),
    };
    const closing = this.#closing.signal;
    const found = links.place(this.key)?.nodes ?? [];
    return faults.own({ kind: 'launch', name: 'adopting kept nodes' }, () =>
      adoptFound(found, how, { place: this, launched, closing }),
    );
  }

  async closeAll(): Promise<void> {
    this.#closing.abort();
    // `startLocalCluster` made its provider and closes it, after the places that were opened.
  }
}
