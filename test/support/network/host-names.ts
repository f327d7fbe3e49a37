/**
 * Programs that resolve names by a hosts file of the test's own: they run in a mount namespace in which that file is
 * /etc/hosts. The machine's own file is not touched. Needs root.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Why no file can be mounted here; `false` when one can. */
export function missingMounts(): string | false {
  if (process.platform !== 'linux') return 'mount namespaces are a feature of Linux';
  if (userInfo().uid !== 0) return 'mount namespaces need root';
  const tried = spawnSync('unshare', ['--mount', 'true'], { encoding: 'utf8' });
  return tried.status === 0 ? false : `this machine makes no mount namespaces: ${tried.stderr.trim()}`;
}

/** Runs programs in a mount namespace of their own, in which `from` stands at `to`. */
export function withMounts(
  mounts: readonly { readonly from: string; readonly to: string }[],
  words: readonly string[],
): string[] {
  if (mounts.length === 0) return [...words];
  const script = mounts.map((_, index) => `mount --bind "$${2 * index + 1}" "$${2 * index + 2}"`);
  const run = `${[...script, `shift ${2 * mounts.length}`].join(' && ')} && exec "$@"`;
  return [
    'unshare',
    '--mount',
    'sh',
    '-c',
    run,
    'sh',
    ...mounts.flatMap(({ from, to }) => [from, to]),
    ...words,
  ];
}

/** A hosts file. */
export class HostNames implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'convoy-hosts-'));

  constructor(lines: readonly string[]) {
    writeFileSync(this.#file, `${lines.join('\n')}\n`, { mode: 0o644 });
  }

  /** A command line that resolves names by this file. */
  command(...words: readonly string[]): string[] {
    return withMounts([{ from: this.#file, to: '/etc/hosts' }], words);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #file(): string {
    return join(this.#folder, 'hosts');
  }
}
