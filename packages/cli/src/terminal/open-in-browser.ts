/**
 * Opens the console's link in the browser of this desktop. The link contains the token, and every user of the machine can read
 * argument lists; so the browser opens a file that only its owner can read and that redirects to the link.
 */

import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { childEnvironment } from '@convoy/cluster';
import { note } from '../output.ts';

/** Long enough for a browser that has to start first. */
const keepMs = 60_000;

const openers: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer' };

/** Opens `url` through a file in `folder`. Returns a function that removes the file before it expires. */
export function openInBrowser(url: string, folder: string): () => void {
  const file = join(folder, 'open.html');
  const remove = (): void => rmSync(file, { force: true });
  // A file left behind may have another mode.
  remove();
  try {
    writeFileSync(file, redirectPage(url), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    note(`convoy: cannot open the page, because ${file} cannot be written: ${(error as Error).message}`);
    return remove;
  }
  setTimeout(remove, keepMs).unref();
  process.once('exit', remove);
  const opener = openers[process.platform] ?? 'xdg-open';
  const child = spawn(opener, [pathToFileURL(file).href], {
    env: childEnvironment(process.env, 'desktop'),
    stdio: 'ignore',
    detached: true,
  });
  child.once('error', () => note(`convoy: ${opener} is not installed; open the link yourself`));
  child.unref();
  return remove;
}

/** The page that redirects to `url`. @internal */
export function redirectPage(url: string): string {
  const link = escapeHtml(url);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${link}">
<title>Convoy</title>
<p><a href="${link}">Open the console</a></p>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
}
