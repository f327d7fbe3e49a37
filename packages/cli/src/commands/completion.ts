/** `convoy completion SHELL`: prints the script with which a shell completes commands, options and the names of nodes. */

import type { Command } from 'commander';
import { oneOf } from '../options/config.ts';
import { print } from '../output.ts';
import { addExamples, guarded } from '../options/shared-options.ts';

async function runCompletionScript(shell: string): Promise<void> {
  const known = oneOf(shell, ['bash', 'zsh', 'fish'], 'the shell');
  const { bashScript } = await import('../completion/bash-script.ts');
  if (known === 'bash') return print(bashScript.trimEnd());
  const { script } = await import('@bomb.sh/tab');
  script(known, 'convoy', 'convoy');
}

export function configureCompletion(command: Command): void {
  command.argument('<shell>', 'bash, zsh or fish').addHelpText(
    'after',
    `
To have it in every session:
  bash  source <(convoy completion bash)          in ~/.bashrc
  zsh   source <(convoy completion zsh)           in ~/.zshrc, after compinit
  fish  convoy completion fish | source           in ~/.config/fish/config.fish`,
  );
  addExamples(command, 'convoy completion bash');
  command.action((shell: string) => guarded({}, () => runCompletionScript(shell)));
}
