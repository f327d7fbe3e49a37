/** `convoy gc NODE PROCESS`: has a process collect its garbage, and says what memory that freed. */

import type { Command } from 'commander';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../../options/shared-options.ts';
import { printResult } from '../../output.ts';
import { type ConfirmFlags, confirmOnProduction, yesOption } from '../../targets/clusters/confirm-change.ts';
import { inspectNode } from '../../targets/inspecting/inspect-node.ts';
import { type CollectActView, valueOf } from '../../targets/inspecting/inspected-node.ts';
import type { ReachOptions } from '../../targets/visits/visitor.ts';
import { bytesText } from '../../terminal/units.ts';
import { identifyProcess, processArgument, processOf } from './pid-argument.ts';

type GcOptions = ReachOptions & ConfirmFlags;

async function runGc(name: string, text: string, options: GcOptions): Promise<void> {
  const asked = processOf(text);
  await inspectNode(name, options, async (inspected) => {
    const { node, cluster } = inspected;
    const { pid, what, called } = await identifyProcess(inspected, asked);
    await confirmOnProduction({ verb: 'Collect garbage of', what }, cluster, options);
    const outcome = valueOf(await inspected.collectGarbage(pid));
    const { wasAlive, memoryBefore, memoryAfter } = outcome;
    const result = {
      node,
      pid,
      ...called,
      collected: wasAlive,
      memoryBefore,
      memoryAfter,
    };
    printResult(options, result, gcText(what, outcome));
  });
}

/** What has come of it, for people. */
export function gcText(what: string, { wasAlive, memoryBefore, memoryAfter }: CollectActView): string {
  if (!wasAlive) return `${what} had ended already`;
  const has = `${what} has collected its garbage`;
  if (memoryBefore === undefined || memoryAfter === undefined) return has;
  return `${has}: ${bytesText(memoryBefore)} before, ${bytesText(memoryAfter)} after`;
}

export function configureGc(command: Command): void {
  command
    .argument(...nodeArgument)
    .argument(...processArgument)
    .option(...yesOption);
  addReachOptions(command);
  addExamples(command, "convoy gc app@127.0.0.1 '<0.85.0>'", 'convoy gc prod:app@10.0.0.5 shop_cache --yes');
  command.action((name: string, pid: string, options: GcOptions) =>
    guarded(options, () => runGc(name, pid, options)),
  );
}
