/** What the messages of the page say about an SSH host. Pure. */

import { SshError } from '@convoy/cluster/ssh';
import type { HostView } from '../../protocol/index.ts';

/** The key that made a login fail. */
export function hostKeyOf(error: unknown): Pick<HostView, 'hostKey'> {
  if (!(error instanceof SshError) || error.presented === undefined) return {};
  return { hostKey: { hop: error.hop ?? 'the host', ...error.presented } };
}
