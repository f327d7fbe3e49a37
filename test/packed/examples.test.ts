/** Every example as somebody runs it who has installed the packages: on the oldest Node.js, on the one of this repository, on the newest. */

import { cpSync, globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after } from 'node:test';
import { testExamples } from '../conformance/examples.ts';
import { onlyInAll } from '../support/extent.ts';
import { strangersEnvironment } from '../support/packed/prepared.ts';
import { missingRuntime, newestNode, oldestNode, ownNode } from '../support/packed/runtimes.ts';
import { Stranger } from '../support/packed/stranger.ts';

const files = globSync(join(import.meta.dirname, '../../examples/*.ts'));

for (const runtime of [oldestNode, ownNode, newestNode]) {
  const skip = runtime === oldestNode ? false : onlyInAll();
  let stranger: Stranger | undefined;
  after(() => stranger?.[Symbol.asyncDispose]());
  testExamples(`the examples on ${runtime.name}`, {
    skip: skip === false ? missingRuntime(runtime) : skip,
    launcher: async () => {
      const { convoy, folder } = (stranger = await Stranger.on(runtime));
      for (const file of files) cpSync(file, join(folder, basename(file)));
      const [program = ''] = convoy;
      return { command: (file) => [program, join(folder, file)], env: strangersEnvironment() };
    },
  });
}
