/** The parts of the console that the HTTP API uses. */

import type { Socket } from 'node:net';
import type { LiveContext } from '../live/live-context.ts';

/** The live context with what the HTTP side adds. */
export interface ApiContext extends LiveContext {
  /** Marks this connection as used by a logged-in user. */
  trustConnection(connection: Socket): void;
  /** Name of the session cookie. Cookies ignore ports, so two consoles behind one host name must not share a name. */
  readonly cookieName: string;
  /** Folder of the built page; `undefined` if it was not built. */
  readonly webRoot: string | undefined;
  /** Prefix of every path, e.g. `/convoy`; '' for none. */
  readonly basePath: string;
}
