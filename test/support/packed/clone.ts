/** A clone of the repository in which `npm ci` has run and nothing is built, in a folder of a test's own. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copySources } from '../../../scripts/packaging/packing.ts';

export interface Clone extends Disposable {
  readonly folder: string;
}

export function makeClone(): Clone {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-clone-'));
  copySources(folder);
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
