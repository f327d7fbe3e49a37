/** The sources of a package as the checks read them: their imports, their header, their code without comments. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

export interface Import {
  readonly specifier: string;
  /** The names it takes, as the other file calls them; `*` where it exports all of them on, empty for a whole module. */
  readonly names: readonly string[];
  /** It is erased before the program runs. */
  readonly isType: boolean;
}

export interface SourceFile {
  /** Relative to the package's `src`, with slashes. */
  readonly file: string;
  /** The comment at the top. */
  readonly header: string;
  /** Without comments and quoted texts. */
  readonly code: string;
  readonly imports: readonly Import[];
  /** The names of what it declares and exports. */
  readonly declared: ReadonlySet<string>;
}

const fromPattern = /(?:^|\n)\s*(?:import|export)\s([^;'"`]*?)from\s*['"]([^'"]+)['"]/g;
const barePattern = /(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;
const dynamicPattern = /import\(\s*['"]([^'"]+)['"]\s*\)/g;
const declarationPattern =
  /(?:^|\n)export\s+(?:(?:abstract|async|declare)\s+)*(?:class|const|enum|function\*?|interface|let|type)\s+(\w+)/g;
const commentOrQuoted = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;

/** `type { A }`, `{ a, type B }`, `* as c` and `d`, as names and whether all of them are types. */
function readClause(clause: string): Pick<Import, 'names' | 'isType'> {
  const inBraces = /\{([^}]*)\}/.exec(clause)?.[1];
  const parts = (inBraces ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const values = parts.filter((part) => !part.startsWith('type '));
  const others = clause
    .replace(/\{[^}]*\}/, '')
    .replaceAll(',', '')
    .trim();
  const isType = /^type\b/.test(clause) || (others === '' && parts.length > 0 && values.length === 0);
  const names = values.map((part) => part.split(/\sas\s/)[0]?.trim() ?? part);
  if (others === '*') return { names: ['*'], isType };
  return { names: others === '' ? names : [], isType };
}

/** In the order of the text. */
function readImports(source: string): Import[] {
  const named = Array.from(source.matchAll(fromPattern), ({ index, 1: clause = '', 2: specifier = '' }) => ({
    index,
    found: { specifier, ...readClause(clause.trim()) },
  }));
  const whole = [...source.matchAll(barePattern), ...source.matchAll(dynamicPattern)];
  const others = whole.map(({ index, 1: specifier = '' }) => ({
    index,
    found: { specifier, names: [], isType: false },
  }));
  return [...named, ...others].sort((a, b) => a.index - b.index).map(({ found }) => found);
}

/** `file` as it would be with `source` as its content. */
export function readSource(file: string, source: string): SourceFile {
  return {
    file,
    header: /^(?:#![^\n]*\n)?\s*\/\*\*?([\s\S]*?)\*\//.exec(source)?.[1] ?? '',
    code: source.replaceAll(commentOrQuoted, (text) => (text.startsWith('/') ? ' ' : "''")),
    imports: readImports(source),
    declared: new Set(Array.from(source.matchAll(declarationPattern), ([, name = '']) => name)),
  };
}

/** Every TypeScript file below `folder`. */
export function sourcesBelow(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => name.split('\\').join('/'))
    .sort()
    .map((name) => readSource(name, readFileSync(join(folder, name), 'utf8')));
}

/** The file that a relative import leads to, relative to `src`; undefined for a package or a built-in module. */
export function targetOf(file: string, { specifier }: Import): string | undefined {
  return specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(file), specifier)) : undefined;
}
