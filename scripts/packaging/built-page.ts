/** Whether the built page of the console is up to date, so that `npm start` need not build it. */

import { existsSync, globSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the page is made from, with folders, whose time changes when a file is removed. `npm ci` writes the list of what is installed. */
const sources = [
  'package-lock.json',
  'node_modules/.package-lock.json',
  'packages/console-web/{*.ts,*.json,index.html}',
  'packages/{console-web,console,node,shell}/{package.json,src,src/**}',
];

/** Written last, and removed by every build as it empties the folder. */
function markOf(root: string): string {
  return join(root, 'packages/console-web/dist/.up-to-date');
}

/** Whether a build noted by `notePageBuilt` has finished, and nothing that the page is made from has changed since it started. */
export function isPageBuilt(root: string): boolean {
  const mark = markOf(root);
  if (!existsSync(mark)) return false;
  const { mtimeMs: builtAt } = statSync(mark);
  return globSync(sources, { cwd: root }).every((file) => statSync(join(root, file)).mtimeMs < builtAt);
}

/** Notes that a build which started at that time has finished. */
export function notePageBuilt(root: string, startedAt: Date): void {
  const mark = markOf(root);
  writeFileSync(mark, '');
  utimesSync(mark, startedAt, startedAt);
}
