/** The conformance table. `npm run conformance` writes docs/protocol/conformance.md from it. */

import { callRows } from './call-rows.ts';
import { connectionRows } from './connection-rows.ts';
import type { ConformanceRow } from './row.ts';
import { signalRows } from './signal-rows.ts';

export const conformanceRows: readonly ConformanceRow[] = [...connectionRows, ...signalRows, ...callRows];
