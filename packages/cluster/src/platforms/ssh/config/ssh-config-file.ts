/**
 * Reads `~/.ssh/config` and the files it includes as one text. As in OpenSSH, an included file belongs to the section that
 * includes it, and that section continues after it.
 */

import { readdir, readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { SshError } from '../../../errors.ts';
import { matchesPattern } from './patterns.ts';

const maxDepth = 16;
const maxBytes = 1024 * 1024;

interface ConfigRequest {
  readonly file: string;
  /** Whether a missing file is an error. */
  readonly isRequired: boolean;
  readonly home: string;
}

/** Reads the text; `undefined` when an optional file does not exist. Throws `SshError` SSH_BAD_CONFIG. */
export async function readConfigFile({ file, isRequired, home }: ConfigRequest): Promise<string | undefined> {
  try {
    return await expandFile(file, { home, depth: 0, budget: { bytes: maxBytes } });
  } catch (cause) {
    if (!isRequired && (cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (cause instanceof SshError) throw cause;
    throw badFile(file, 'it cannot be read', cause);
  }
}

interface Expansion {
  readonly home: string;
  readonly depth: number;
  /** Bytes that all files together may still have. */
  readonly budget: { bytes: number };
}

async function expandFile(file: string, expansion: Expansion): Promise<string> {
  const text = await readFile(file, 'utf8');
  expansion.budget.bytes -= text.length;
  if (expansion.budget.bytes < 0)
    throw badFile(file, `the file and the files it includes have more than ${maxBytes} bytes`);
  const lines: string[] = [];
  let section = 'Host *';
  for (const line of text.split(/\r?\n/)) {
    const { word, rest } = splitLine(line);
    // Host names are not canonicalized here; the resolver completes them.
    if (word === 'canonicalizehostname') continue;
    if (word !== 'include') {
      if (word === 'host' || word === 'match') section = line;
      lines.push(line);
      continue;
    }
    if (expansion.depth === maxDepth)
      throw badFile(file, `includes are nested more than ${maxDepth} levels deep`);
    for (const found of await findFiles(rest, expansion.home)) {
      const included = await expandFile(found, { ...expansion, depth: expansion.depth + 1 });
      lines.push(included, section);
    }
  }
  return lines.join('\n');
}

/** `Word value`, `Word=value`. */
function splitLine(line: string): { readonly word: string; readonly rest: string } {
  const [, word = '', rest = ''] = /^\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+)(.*)$/.exec(line) ?? [];
  return { word: word.toLowerCase(), rest };
}

/** The files of an `Include` line. Missing files are skipped. */
async function findFiles(patterns: string, home: string): Promise<string[]> {
  const words = [...patterns.matchAll(/"([^"]*)"|([^\s"#]+)/g)].map((match) => match[1] ?? match[2] ?? '');
  const found: string[] = [];
  for (const word of words) {
    const path = word.replace(/^~(?=\/|$)/, home);
    found.push(...(await findMatches(isAbsolute(path) ? path : join(home, '.ssh', path))));
  }
  return found;
}

async function findMatches(path: string): Promise<string[]> {
  if (!/[*?]/.test(path)) return (await exists(path)) ? [path] : [];
  const folders = /[*?]/.test(dirname(path)) ? await findMatches(dirname(path)) : [dirname(path)];
  const pattern = path.slice(path.lastIndexOf(sep) + 1);
  const found: string[] = [];
  for (const folder of folders) {
    const names = await readdir(folder).catch((): string[] => []);
    const matching = names.filter((name) => matchesPattern(pattern, name) && !name.startsWith('.'));
    found.push(...matching.toSorted().map((name) => join(folder, name)));
  }
  return found;
}

async function exists(path: string): Promise<boolean> {
  return (await readdir(dirname(path)).catch((): string[] => [])).includes(
    path.slice(path.lastIndexOf(sep) + 1),
  );
}

function badFile(file: string, why: string, cause?: unknown): SshError {
  return new SshError('SSH_BAD_CONFIG', `${file}: ${why}`, {
    remedy: 'Check its path, its permissions and its Include lines.',
    cause,
  });
}
