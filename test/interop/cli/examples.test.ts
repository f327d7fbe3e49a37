/** The examples, run from the sources. test/packed/examples.test.ts runs them with the packages installed. */

import { join } from 'node:path';
import { testExamples } from '../../conformance/examples.ts';

const folder = join(import.meta.dirname, '../../../examples');

testExamples('the examples, from the sources', {
  launcher: async () => ({
    command: (file) => [process.execPath, '--conditions=@convoy/source', join(folder, file)],
    env: process.env,
  }),
});
