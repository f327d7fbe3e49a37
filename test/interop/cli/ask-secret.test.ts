/** Asking for a secret at a real terminal, which is provided by `script` of util-linux. */

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { attack } from '../../support/attack.ts';
import { ProcessOutput, endProcess } from '../../support/child-process.ts';

const source = new URL('../../../packages/cli/src/terminal/ask-secret.ts', import.meta.url).href;
/** Prints the state of the terminal at the moment when the question is written. */
const program = `
  import { askSecret } from '${source}';
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text) => write(text.includes('Passphrase') ? text + 'raw=' + process.stdin.isRaw + ' ' : text);
  const secret = await askSecret('Passphrase');
  console.log('length=' + secret.length);
`;
const skip = spawnSync('script', ['--version']).status === 0 ? false : 'script (util-linux) is not installed';

attack(
  'Secrets',
  'a passphrase that is typed the moment it is asked for does not appear on the screen',
  async (t) => {
    if (skip !== false) return t.skip(skip);
    const command = `'${process.execPath}' --conditions=@convoy/source --input-type=module -e "$PROGRAM"`;
    const env = { ...process.env, PROGRAM: program };
    const terminal = spawn('script', ['-qfec', command, '/dev/null'], { env, stdio: 'pipe' });
    try {
      const output = new ProcessOutput(terminal, 'script');
      const [, raw] = await output.waitForMatch(/Passphrase: raw=(\w+)/, 20_000);
      assert.equal(raw, 'true', 'echo is off before the question appears');
      terminal.stdin.write('not-for-the-screen\r');
      await output.waitForMatch(/length=18/, 20_000);
      assert.doesNotMatch(output.text, /not-for-the-screen/);
    } finally {
      await endProcess(terminal);
    }
  },
);
