/** `convoy process NODE PROCESS`: shows one process: what it is doing, what it is linked to, and what waits for it. */

import type { Command } from 'commander';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../../options/shared-options.ts';
import { printResult } from '../../output.ts';
import { inspectNode } from '../../targets/inspecting/inspect-node.ts';
import { valueOf } from '../../targets/inspecting/inspected-node.ts';
import type { ReachOptions } from '../../targets/visits/visitor.ts';
import { findProcess, processArgument, processOf } from './pid-argument.ts';
import { processText } from './process-text.ts';

interface ProcessOptions extends ReachOptions {
  readonly state?: boolean;
}

async function runProcess(name: string, text: string, options: ProcessOptions): Promise<void> {
  const asked = processOf(text);
  await inspectNode(name, options, async (inspected) => {
    const pid = await findProcess(inspected, asked);
    const answer = await inspected.process(pid, options.state === true);
    const details = valueOf(answer);
    printResult(options, { node: inspected.node, ...details, cost: answer.cost }, processText(details));
  });
}

export function configureProcess(command: Command): void {
  command
    .argument(...nodeArgument)
    .argument(...processArgument)
    .option('--state', 'also ask the process for its state, by `sys:get_state`, for at most a second');
  addReachOptions(command);
  addExamples(
    command,
    "convoy process app@127.0.0.1 '<0.85.0>'",
    'convoy process prod:app@10.0.0.5 Shop.Cart --state',
  );
  command.action((name: string, pid: string, options: ProcessOptions) =>
    guarded(options, () => runProcess(name, pid, options)),
  );
}
