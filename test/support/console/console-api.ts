/** Requests to the HTTP API of a running console, as the command makes them. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaunchView } from '@convoy/console/protocol';
import type { ConsoleProcess } from './console-process.ts';
import { eventually } from '../eventually.ts';

export async function askConsole<Answer>(
  convoy: ConsoleProcess,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const { url, token } = JSON.parse(readFileSync(join(convoy.dataDir, 'console.json'), 'utf8'));
  const answer = await fetch(new URL(`.${path}`, url), {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  assert.ok(answer.ok, `${path}: ${answer.status} ${answer.statusText}`);
  return (await answer.json()) as Answer;
}

/** Launches a node and waits until it is ready. Returns its name. */
export async function launchNode(convoy: ConsoleProcess, kind: string): Promise<string> {
  const { id, node } = await askConsole<LaunchView>(convoy, '/api/nodes', { kind });
  let launch: LaunchView | undefined;
  await eventually(`the launch of ${node} to be over`, 60_000, async () => {
    launch = await askConsole<LaunchView>(convoy, `/api/launches/${id}`);
    return launch.state !== 'running';
  });
  assert.equal(launch?.state, 'ready', launch?.problem?.message);
  return node;
}
