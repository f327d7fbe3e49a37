/** `convoy list --watch`: the list in place on a terminal, and one below the other elsewhere, until the console ends. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NodeView } from '@convoy/console/protocol';
import { endProcess } from '../../support/child-process.ts';
import { launchNode } from '../../support/console/console-api.ts';
import { startConsoleProcess } from '../../support/console/console-process.ts';
import { ConvoyProcess, runConvoy } from '../../support/convoy-command.ts';
import { convoyLine, missingTerminal, TestTerminal } from '../../support/terminal.ts';

describe('convoy list --watch', () => {
  test('prints the list whenever it changes, also as JSON, and ends with the console', async () => {
    await using convoy = await startConsoleProcess();
    const words = ['list', '--watch', '--data-dir', convoy.dataDir];
    await using text = new ConvoyProcess(words);
    await using json = new ConvoyProcess([...words, '--json']);
    await text.waitFor(/^No nodes\./);
    await json.waitFor(/^\[\]$/m);
    const node = await launchNode(convoy, 'typescript');
    await text.waitFor(new RegExp(`^${node} +typescript +up +Node`, 'm'));
    await json.waitFor(new RegExp(`"name":"${node}".*"status":"up"`));
    assert.equal((await runConvoy(['stop', node, '--data-dir', convoy.dataDir])).code, 0);
    await json.waitFor(/\n\[\]\n$/);
    await endProcess(convoy.process, 'SIGTERM');
    const [one, other] = [await text.result(), await json.result()];
    assert.deepEqual([one.code, other.code], [4, 4]);
    assert.doesNotMatch(one.stdout, /\u001b/);
    const documents = other.stdout.trimEnd().split('\n');
    for (const document of documents) JSON.parse(document);
    assert.equal((JSON.parse(documents[1] ?? '') as NodeView[])[0]?.name, node);
  });

  test(
    'draws in place on a terminal, and without escape sequences on a dumb one',
    { skip: missingTerminal },
    async () => {
      await using convoy = await startConsoleProcess();
      const line = convoyLine('list', '--watch', '--data-dir', convoy.dataDir);
      await using terminal = new TestTerminal(line);
      await using dumb = new TestTerminal(line, { TERM: 'dumb' });
      await terminal.waitFor(/\u001b\[2J\u001b\[HNo nodes/);
      await dumb.waitFor(/^No nodes/);
      const node = await launchNode(convoy, 'typescript');
      await terminal.waitFor(new RegExp(`\u001b\\[HNODE[^\n]*\n${node} +typescript +up`));
      await dumb.waitFor(new RegExp(`\n${node} +typescript +up`));
      assert.doesNotMatch(dumb.text, /\u001b/);
    },
  );
});
