/** The platforms of a console, for its clients: what each asks, as data. */

import { localForm, type PlatformForm } from '@convoy/cluster';
import { railwayForm } from '@convoy/cluster/railway';
import { sshForm } from '@convoy/cluster/ssh';

/** What the forms depend on. */
export interface PlatformFormOptions {
  /** Maximum number of nodes per place. */
  readonly nodeLimit: number;
  /** Images proposed for nodes on Railway. */
  readonly images: readonly string[];
}

/** A platform and its forms. */
export interface DescribedPlatform extends PlatformForm {
  /** The kind of its places. */
  readonly kind: string;
}

/** Every platform and its forms. */
export function describePlatforms({ nodeLimit, images }: PlatformFormOptions): readonly DescribedPlatform[] {
  const forms = {
    local: localForm({ nodeLimit }),
    ssh: sshForm({ nodeLimit }),
    railway: railwayForm({ nodeLimit, images }),
  };
  return Object.entries(forms).map(([kind, form]) => ({ kind, ...form }));
}
