/** This computer: a platform and its one place, which is always open. */

import { localForm, type PlatformForm, type Provider } from '@convoy/cluster';
import { createOwnerCheck, createTcpTransport } from '@convoy/node';
import type { PlaceContext } from '../open-places.ts';
import type { Place, Platform, Way } from '../place.ts';

/** What the platform needs besides the context of all. */
export interface LocalSettings {
  /** The caller closes it. */
  readonly provider: Provider;
  /** Cookie of the local cluster. */
  readonly cookie: string;
  readonly epmdPort: number;
}

/** This computer. */
export class LocalPlace implements Platform, Place {
  readonly kind = 'local';
  readonly label = 'this computer';
  readonly nodesFindEachOther = false;
  readonly form: PlatformForm;
  readonly #settings: LocalSettings;

  constructor(context: PlaceContext, settings: LocalSettings) {
    this.#settings = settings;
    this.form = localForm(context);
    context.places.add(this);
  }

  get key(): string {
    return this.provider.name;
  }

  get provider(): Provider {
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

  async closeAll(): Promise<void> {
    // `startLocalCluster` made its provider and closes it, after the places that were opened.
  }
}
