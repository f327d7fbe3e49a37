/** `convoy kill NODE PROCESS`: ends a process at once, after showing which one it is. */

import type { Command } from 'commander';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../../options/shared-options.ts';
import { printResult } from '../../output.ts';
import {
  confirm,
  type ConfirmFlags,
  productionReason,
  yesOption,
} from '../../targets/clusters/confirm-change.ts';
import { inspectNode } from '../../targets/inspecting/inspect-node.ts';
import { valueOf } from '../../targets/inspecting/inspected-node.ts';
import type { ReachOptions } from '../../targets/visits/visitor.ts';
import { identifyProcess, processArgument, processOf } from './pid-argument.ts';

type KillOptions = ReachOptions & ConfirmFlags;

async function runKill(name: string, text: string, options: KillOptions): Promise<void> {
  const asked = processOf(text);
  await inspectNode(name, options, async (inspected) => {
    const { node, cluster } = inspected;
    const { pid, what, called } = await identifyProcess(inspected, asked);
    const reason =
      cluster?.production === true ? productionReason(cluster) : 'It ends without any cleaning up';
    await confirm({ verb: 'Kill', what }, reason, options);
    const { wasAlive, hasEnded = true } = valueOf(await inspected.kill(pid));
    const result = { node, pid, ...called, killed: wasAlive, ended: hasEnded };
    printResult(options, result, outcomeText(what, { wasAlive, hasEnded }));
  });
}

function outcomeText(
  what: string,
  { wasAlive, hasEnded }: { readonly wasAlive: boolean; readonly hasEnded: boolean },
): string {
  if (!wasAlive) return `${what} had ended already`;
  return hasEnded
    ? `${what} is killed`
    : `${what} ends as soon as it leaves the native function that it is in`;
}

export function configureKill(command: Command): void {
  command
    .argument(...nodeArgument)
    .argument(...processArgument)
    .option(...yesOption);
  addReachOptions(command);
  addExamples(command, "convoy kill app@127.0.0.1 '<0.85.0>'", 'convoy kill prod:app@10.0.0.5 0.85.0 --yes');
  command.action((name: string, pid: string, options: KillOptions) =>
    guarded(options, () => runKill(name, pid, options)),
  );
}
