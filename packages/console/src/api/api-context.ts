/** What the HTTP API works on. */

import type { Socket } from 'node:net';
import type { LiveContext } from '../live/live-context.ts';

export interface ApiContext extends LiveContext {
  /** Marks this connection as used by a logged-in user. */
  trustConnection(connection: Socket): void;
  /** Name of the session cookie. Cookies know no ports, so two consoles behind one host name must not share it. */
  readonly cookieName: string;
  /** Folder of the built page; `undefined` when it was not built. */
  readonly webRoot: string | undefined;
  /** What every path starts with, e.g. `/convoy`; '' for nothing. */
  readonly basePath: string;
}
