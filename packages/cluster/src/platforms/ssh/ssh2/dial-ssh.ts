/** The dialer of this process. The library `ssh2` is loaded by the first dial, so that importing the door costs nothing. */

import type { SshConnection, SshOptions, SshTarget } from '../connection/ssh-connection.ts';

/** See `SshDialer`. The connection closes its hops in turn. */
export async function dialSsh(target: SshTarget, options: SshOptions = {}): Promise<SshConnection> {
  options.signal?.throwIfAborted();
  const { dialBySsh2 } = await import('./ssh2-dialer.ts');
  return dialBySsh2(target, options);
}
