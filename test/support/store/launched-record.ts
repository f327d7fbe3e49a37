/** A node on a host as the store keeps it. */

import type { LaunchedNodeRecord } from '../../../packages/console/src/store/store.ts';

export const launchedRecord = {
  id: '0a1b2c',
  name: 'erlang-1@db1.internal',
  kind: 'erlang',
  port: 20_001,
  osPid: 4242,
  linkCookie: 'the-link-cookie-of-it',
  keep: true,
  join: true,
} as const satisfies LaunchedNodeRecord;
