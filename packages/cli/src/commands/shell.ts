/** `convoy shell NODE`: opens a real shell of the node in this terminal. */

import type { Command } from 'commander';
import { dataDirOf, oneOf, withSettings } from '../options/config.ts';
import { interruptSignal, noteInterruption } from '../terminal/interrupt-signal.ts';
import { note } from '../output.ts';
import { productionReason } from '../targets/clusters/confirm-change.ts';
import { openShellIn } from '../terminal/shell-terminal.ts';
import { type ReachOptions, withVisitor } from '../targets/visits/visitor.ts';
import { addExamples, addReachOptions, guarded, nodeArgument } from '../options/shared-options.ts';

interface ShellOptions extends ReachOptions {
  readonly kind?: string | undefined;
}

async function runShell(name: string, flags: ShellOptions): Promise<void> {
  const options = await withSettings(flags, ['kind', 'dataDir']);
  const kind = oneOf(options.kind ?? 'auto', ['iex', 'erl', 'ts', 'auto'], '--kind');
  const dataDir = dataDirOf(options.dataDir);
  await withVisitor(name, options, async ({ node, target, cluster }) => {
    if (cluster?.production === true) note(`convoy: ${productionReason(cluster)}`);
    // A shell that is not ended stays on the node for a minute, in case its user comes back.
    const ending = interruptSignal();
    try {
      await openShellIn({ node, target, kind, dataDir, signal: ending });
    } catch (error) {
      if (!ending.aborted) throw error;
    } finally {
      noteInterruption(ending);
    }
  });
}

export function configureShell(command: Command): void {
  command
    .argument(...nodeArgument)
    .option('--kind <kind>', 'iex, erl, ts, or auto for the language of the node (CONVOY_KIND, else auto)');
  addReachOptions(command);
  addExamples(
    command,
    'convoy shell app@127.0.0.1',
    'convoy shell app@127.0.0.1 --kind erl',
    'convoy shell prod:app@10.0.0.5',
    'convoy shell app@db1 --via ssh://ops@db1.example --read-cookie',
  );
  command.action((name: string, options: ShellOptions) => guarded(options, () => runShell(name, options)));
}
