#!/usr/bin/env node
/** The `convoy` command: one table of commands; each loads what it needs only when it runs. */

import { Command, CommanderError } from 'commander';
import { registerCluster } from './commands/cluster.ts';
import { registerEpmd } from './commands/epmd.ts';
import { registerNode } from './commands/node.ts';
import { registerNodes } from './commands/nodes.ts';
import { registerReach } from './commands/reach.ts';
import { registerUp } from './commands/up.ts';
import { exitCodes } from './errors.ts';

const program = new Command('convoy')
  .description('Launch, cluster and operate nodes that speak the Erlang distribution protocol.')
  .version('0.1.0')
  .showHelpAfterError('(add --help for the options and an example)')
  .exitOverride();

for (const register of [
  registerUp,
  registerNode,
  registerNodes,
  registerReach,
  registerCluster,
  registerEpmd,
]) {
  register(program);
}
for (const command of program.commands)
  command.exitOverride().showHelpAfterError('(add --help for the options and an example)');

// EPMD's own options are words after one dash: `-names`, as scripts write them.
const epmdWords = /^-(names|kill|stop|port|address|relaxed_command_check)$/;
const words = process.argv
  .slice(2)
  .map((word, index, all) => (all[0] === 'epmd' && index > 0 && epmdWords.test(word) ? `-${word}` : word));

try {
  await program.parseAsync(words, { from: 'user' });
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Help and version end with code 0, everything else the parser throws is wrong usage.
  process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
}
