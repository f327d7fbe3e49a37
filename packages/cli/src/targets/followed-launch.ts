/** Follows a launch, or a connection to a host, to its end, and prints each step once it has ended. */

import { pause } from '@convoy/node/async';
import type { HostView, LaunchView } from '@convoy/console/protocol';
import { CliError } from '../errors.ts';
import { note } from '../output.ts';
import { describeStep } from '../terminal/step-lines.ts';
import type { ConsoleClient } from './console-client.ts';

const pollMs = 200;

/** Follows what has steps. Resolves with its last view. */
export async function followSteps<View extends LaunchView | HostView>(
  first: View,
  get: () => Promise<View>,
  isRunning: (view: View) => boolean,
): Promise<View> {
  let printed = 0;
  for (let view = first; ; view = await get()) {
    for (const step of view.steps.slice(printed)) {
      const line = describeStep(step);
      if (line === undefined) break;
      printed += 1;
      note(line);
    }
    if (!isRunning(view)) return view;
    await pause(pollMs);
  }
}

/** Follows a launch until its node is up. Rejects with CLI_LAUNCH_FAILED if it fails; `remedy` then follows that of the failure. */
export async function followLaunch(
  ask: ConsoleClient,
  launch: LaunchView,
  remedy?: string,
): Promise<LaunchView> {
  const get = (): Promise<LaunchView> => ask('GET /api/launches/:id', { params: { id: launch.id } });
  const view = await followSteps(launch, get, ({ state }) => state === 'running');
  if (view.state === 'ready') return view;
  const own = view.problem?.remedy ?? `\`convoy logs ${view.node}\` shows its output.`;
  throw new CliError('CLI_LAUNCH_FAILED', view.problem?.message ?? `${view.node} did not start`, {
    reason: view.problem?.code,
    remedy: remedy === undefined ? own : `${own} ${remedy}`,
    lastOutput: view.lastOutput,
  });
}
