/** Nodes as the API of a console lists them. */

import assert from 'node:assert/strict';
import type { NodeView } from '@convoy/console/protocol';
import { eventually } from '../eventually.ts';
import type { ConsoleClient } from '../console/live-client.ts';

/** The node of this name, if the console has it. */
export async function nodeOf(client: ConsoleClient, name: string): Promise<NodeView | undefined> {
  const { json } = await client.ask('/api/nodes');
  return (json as NodeView[]).find((view) => view.name === name);
}

/** Waits until a node has this status. */
export async function waitForStatus(
  client: ConsoleClient,
  name: string,
  status: NodeView['status'],
): Promise<NodeView> {
  let view: NodeView | undefined;
  await eventually(
    () => `${name} to be ${status}: ${JSON.stringify(view)}`,
    60_000,
    async () => (view = await nodeOf(client, name))?.status === status,
  );
  assert.ok(view !== undefined);
  return view;
}
