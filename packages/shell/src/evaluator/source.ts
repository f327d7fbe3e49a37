/**
 * Converts typed text to JavaScript that can be evaluated: types are stripped, `import` declarations become awaited imports,
 * and incomplete text is distinguished from invalid text.
 */

import { stripTypeScriptTypes } from 'node:module';

export type Prepared =
  | { readonly kind: 'code'; readonly code: string }
  /** More lines are needed. */
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'invalid'; readonly message: string };

/** Prepares the text typed so far, which ends with the newline of its last line. */
export function prepareSource(text: string): Prepared {
  const source = text.trimEnd();
  if (source === '') return { kind: 'code', code: '' };
  const stripped = stripTypes(source);
  const object = source.trimStart().startsWith('{') ? stripObject(source, stripped) : undefined;
  const prepared = object ?? stripped;
  return prepared.kind === 'code' ? { kind: 'code', code: awaitImports(prepared.code) } : prepared;
}

/** Treats `{ a: 1 }` as an object, as every console does; `undefined` if it can only be a block. */
function stripObject(source: string, asBlock: Prepared): Prepared | undefined {
  const whole = stripTypes(`(${source}\n)`);
  if (whole.kind === 'code') return whole;
  const isBegun = asBlock.kind === 'invalid' && stripTypes(`(${source}`).kind === 'incomplete';
  return isBegun ? { kind: 'incomplete' } : undefined;
}

function stripTypes(source: string): Prepared {
  try {
    return { kind: 'code', code: withoutExperimentalWarning(() => stripTypeScriptTypes(source)) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return isAtEnd(error) ? { kind: 'incomplete' } : { kind: 'invalid', message: invalidMessage(error) };
  }
}

/**
 * The parser marks the position of an error by a line of carets under the source line in the stack; there is none at the end
 * of the input. Unfinished templates and comments are reported at their start.
 */
function isAtEnd(error: Error): boolean {
  if (/Unterminated (?:template|block comment)|Unexpected eof|got '<eof>'|token `<eof>`/i.test(error.message))
    return true;
  const excerpt = /^:\d+\n[\s\S]*?\n\n\S*Error/.exec(error.stack ?? '')?.[0] ?? '';
  return excerpt !== '' && !/\n[ \t]*\^+[ \t]*\n/.test(excerpt);
}

function invalidMessage(error: Error): string {
  const excerpt = /^:(\d+)\n([\s\S]*?)\n\n\S*Error/.exec(error.stack ?? '');
  const shown = excerpt === null ? '' : `\n${excerpt[2] ?? ''}`;
  return `SyntaxError: ${error.message}${shown}`;
}

/** Suppresses Node's warning that stripping types is experimental, which would go to the node's standard error once. */
export function withoutExperimentalWarning<Result>(action: () => Result): Result {
  const emitWarning = process.emitWarning.bind(process);
  const original = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  const filtered = (...args: Parameters<typeof emitWarning>): void => {
    if (!args.includes('ExperimentalWarning')) emitWarning(...args);
  };
  process.emitWarning = filtered as typeof emitWarning;
  try {
    return action();
  } finally {
    if (original !== undefined) Object.defineProperty(process, 'emitWarning', original);
  }
}

const importDeclaration =
  /^(\s*)import\s*(?:([\w$*{][^'"]*?)\s*from\s*)?(['"])([^'"]+)\3\s*(?:with\s*(\{[^}]*\}))?\s*(?:;|(?=\n)|$)/;

/** Evaluated text is not a module, so `import a from 'b'` at its start becomes an equivalent `await import('b')`. */
function awaitImports(code: string): string {
  const match = importDeclaration.exec(code);
  if (match === null) return code;
  const [whole, space = '', clause = '', , specifier = '', attributes] = match;
  const options = attributes === undefined ? '' : `, { with: ${attributes} }`;
  const imported = `await import(${JSON.stringify(specifier)}${options})`;
  return `${space}${importClause(clause.trim(), imported)};${awaitImports(code.slice(whole.length))}`;
}

/** Converts `a`, `* as a`, `{ a, b as c }` and their combinations. */
function importClause(clause: string, imported: string): string {
  if (clause === '') return imported;
  const match = /^([\w$]+)?\s*,?\s*(?:\*\s*as\s+([\w$]+)|\{([\s\S]*)\})?$/.exec(clause);
  if (match === null) return `const ${clause} = ${imported}`;
  const [, defaultName, namespace, names] = match;
  const defaultPart = defaultName === undefined ? [] : [`default: ${defaultName}`];
  if (namespace !== undefined) {
    const rest = defaultName === undefined ? '' : `, { default: ${defaultName} } = ${namespace}`;
    return `const ${namespace} = ${imported}${rest}`;
  }
  const named = (names ?? '')
    .split(',')
    .map((name) => name.trim().replace(/\s+as\s+/, ': '))
    .filter((name) => name !== '');
  return `const { ${[...defaultPart, ...named].join(', ')} } = ${imported}`;
}
