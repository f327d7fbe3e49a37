/** `convoy call TO MESSAGE NODE...`: calls a `gen_server` of each node, as `GenServer.call` does, and prints the replies. */

import type { Command } from 'commander';
import { addExamples, guarded } from '../../../options/shared-options.ts';
import {
  addMessageOptions,
  messageArguments,
  messageEach,
  type MessageOptions,
  printSideBySide,
} from './message-command.ts';

export function configureCall(command: Command): void {
  addMessageOptions(command);
  addExamples(
    command,
    'convoy call kernel_sup count_children app@127.0.0.1 web@127.0.0.1',
    "convoy call Shop.Cache ':size' prod:app@10.0.0.5 --syntax elixir",
  );
  command.action(async () => {
    const options = command.opts<MessageOptions>();
    await guarded(options, async () => {
      const target = { verb: 'Call', ...messageArguments(command) } as const;
      const answers = await messageEach(target, options, (inspected, sent) => inspected.call(sent));
      printSideBySide(options, target, { answers, shown: ({ text }) => text });
    });
  });
}
