/** `convoy ping NODE`: whether a node is up and lets us in. */

import type { Command } from 'commander';
import { printResult } from '../output.ts';
import { type ReachOptions, withVisitor } from '../visitor.ts';
import { addExamples, addReachOptions, guarded } from './options.ts';

async function runPing(name: string, options: ReachOptions): Promise<void> {
  const started = performance.now();
  await withVisitor(name, options, async ({ target }) => {
    const milliseconds = Math.round((performance.now() - started) * 10) / 10;
    printResult(
      options,
      { node: target, answer: 'pong', milliseconds },
      `pong from ${target} in ${milliseconds} ms`,
    );
  });
}

export function configurePing(command: Command): void {
  addReachOptions(command.argument('<node>', 'name@host; a bare name is on this machine'));
  addExamples(command, 'convoy ping app@127.0.0.1 --cookie-file ~/.erlang.cookie');
  command.action((name: string, options: ReachOptions) => guarded(options, () => runPing(name, options)));
}
