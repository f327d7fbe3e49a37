/** The fixture of the command's tests: an EPMD of ours, a home with the cookie, and nodes under both. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEpmdServer } from '@convoy/node/epmd';
import { type ErlangNode, type PeerKind, startErlangNode } from './erlang/erlang-node.ts';

const cookie = 'command-setting-cookie';

export interface CommandSetting extends AsyncDisposable {
  /** For `convoy`: HOME with the cookie, and the EPMD port. */
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  erlang(name: string, kind?: PeerKind): Promise<ErlangNode>;
}

export async function makeCommandSetting(): Promise<CommandSetting> {
  const epmd = await startEpmdServer({ port: 0 });
  const home = mkdtempSync(join(tmpdir(), 'convoy-command-home-'));
  writeFileSync(join(home, '.erlang.cookie'), `${cookie}\n`, { mode: 0o600 });
  return {
    env: { HOME: home, ERL_EPMD_PORT: String(epmd.port) },
    home,
    erlang: (name, kind) =>
      startErlangNode({ name, cookie, epmdPort: epmd.port, ...(kind === undefined ? {} : { kind }) }),
    async [Symbol.asyncDispose]() {
      await epmd.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
