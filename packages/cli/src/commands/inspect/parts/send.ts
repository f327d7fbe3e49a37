/** `convoy send TO MESSAGE NODE...`: sends a message to a process of each node. */

import type { Command } from 'commander';
import { addExamples, guarded } from '../../../options/shared-options.ts';
import {
  addMessageOptions,
  messageArguments,
  messageEach,
  type MessageOptions,
  printSideBySide,
} from './message-command.ts';

export function configureSend(command: Command): void {
  addMessageOptions(command);
  addExamples(
    command,
    "convoy send cache '{expire, all}' app@127.0.0.1 web@127.0.0.1",
    "convoy send Shop.Cache ':expire' prod:app@10.0.0.5 --syntax elixir",
  );
  command.action(async () => {
    const options = command.opts<MessageOptions>();
    await guarded(options, async () => {
      const target = { verb: 'Send', ...messageArguments(command) } as const;
      const answers = await messageEach(target, options, (inspected, sent) => inspected.send(sent));
      printSideBySide(options, target, { answers, shown: (pid) => `sent to ${pid}` });
    });
  });
}
