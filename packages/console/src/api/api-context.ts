/** What the HTTP API works on. */

import type { LiveContext } from '../live/live-context.ts';

export interface ApiContext extends LiveContext {
  /** Name of the session cookie. Cookies know no ports, so two consoles of one host must not share it. */
  readonly cookieName: string;
  /** Folder of the built page; `undefined` when it was not built. */
  readonly webRoot: string | undefined;
}
