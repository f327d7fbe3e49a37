/** `convoy ping [NODE]`: checks whether a node is up and accepts the cookie. Default: the node that this environment configures. */

import type { Command } from 'commander';
import { printResult } from '../output.ts';
import { visitConfiguredNode } from '../targets/visits/configured-node.ts';
import { type ReachOptions, type Visit, withVisitor } from '../targets/visits/visitor.ts';
import { addExamples, addReachOptions, guarded } from '../options/shared-options.ts';

async function runPing(name: string | undefined, options: ReachOptions): Promise<void> {
  const started = performance.now();
  const visitor = name === undefined ? visitConfiguredNode : visitNode(name);
  await visitor(options, async ({ target }) => {
    const milliseconds = Math.round((performance.now() - started) * 10) / 10;
    printResult(
      options,
      { node: target, answer: 'pong', milliseconds },
      `pong from ${target} in ${milliseconds} ms`,
    );
  });
}

type Visitor = (options: ReachOptions, visit: (visit: Visit) => Promise<void>) => Promise<void>;

function visitNode(name: string): Visitor {
  return (options, visit) => withVisitor(name, options, visit);
}

export function configurePing(command: Command): void {
  addReachOptions(
    command.argument(
      '[node]',
      'name@host; a bare name is on this machine (else the node that `convoy node` would start here: CONVOY_NAME, RELEASE_NODE)',
    ),
  );
  addExamples(command, 'convoy ping app@127.0.0.1 --cookie-file ~/.erlang.cookie', 'convoy ping --timeout 5');
  command.action((name: string | undefined, options: ReachOptions) =>
    guarded(options, () => runPing(name, options)),
  );
}
