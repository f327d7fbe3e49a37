/** The dialer in this process. The first dial loads the library `ssh2`, so that importing the entry point costs nothing. */

import type { SshConnection, SshOptions, SshTarget } from '../connection/ssh-connection.ts';

/** Connects with the built-in SSH client; see `SshDialer`. The connection closes its hops in turn. */
export async function dialSsh(target: SshTarget, options: SshOptions = {}): Promise<SshConnection> {
  options.signal?.throwIfAborted();
  const { dialBySsh2 } = await import('./ssh2-dialer.ts');
  return dialBySsh2(target, options);
}
