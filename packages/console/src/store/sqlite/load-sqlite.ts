/**
 * Loads `node:sqlite`. Node.js 22 warns that it is experimental, on standard error and for every user of the command; the
 * parts used here are the same up to Node.js 26. Only that warning is suppressed, while the module loads.
 */

import type * as Sqlite from 'node:sqlite';

let loaded: typeof Sqlite | undefined;

export function loadSqlite(): typeof Sqlite {
  loaded ??= loadQuietly();
  return loaded;
}

function loadQuietly(): typeof Sqlite {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (warning: string | Error, ...rest: never[]): void => {
    if (!String(warning).startsWith('SQLite is an experimental feature')) emitWarning(warning, ...rest);
  };
  try {
    // Loads at once, unlike import(): nothing else can emit a warning in the meantime.
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}
