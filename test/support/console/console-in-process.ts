/** A console in the process of the test, with its own EPMD and data directory, that launches nodes. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConsoleOptions, startConsole } from '@convoy/console';
import type { NodeKind } from '@convoy/console/protocol';
import { startEpmdServer } from '@convoy/node/epmd';
import { convoyCommand } from './console-process.ts';
import { eventually } from '../eventually.ts';
import { ConsoleClient } from './live-client.ts';

export interface ConsoleInProcess extends AsyncDisposable {
  readonly client: ConsoleClient;
  /** The link with the token. */
  readonly url: string;
  /** Launches a node and waits until it is ready. Returns its name. */
  launch(kind: NodeKind): Promise<string>;
}

export async function startConsoleInProcess(
  options: Partial<ConsoleOptions> = {},
): Promise<ConsoleInProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'convoy-console-'));
  const epmd = await startEpmdServer({ port: 0 });
  const running = await startConsole({ port: 0, dataDir, convoyCommand, epmdPort: epmd.port, ...options });
  const client = new ConsoleClient(running.url);
  return {
    client,
    url: running.url,
    async launch(kind) {
      const { status, json } = await client.ask('/api/nodes', { body: { kind } });
      assert.equal(status, 202, JSON.stringify(json));
      let launch = json;
      await eventually(`the launch of ${json.node} to be over`, 60_000, async () => {
        launch = (await client.ask(`/api/launches/${json.id}`)).json;
        return launch.state !== 'running';
      });
      assert.equal(launch.state, 'ready', JSON.stringify(launch));
      return json.node as string;
    },
    async [Symbol.asyncDispose]() {
      await running.close();
      await epmd.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
