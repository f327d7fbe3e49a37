/** The layers of packages/shell, from the bottom to the top. */

import type { PackageRules } from './package-rules.ts';

export const shellRules: PackageRules = {
  packages: ['@convoy/node', '@convoy/node/async', '@convoy/node/etf'],
  // `session`: it gets its rooms when Session keeps the reducer itself.
  largeFolders: ['session'],
  layers: [
    { place: 'errors', mayImport: [] },
    { place: 'cell-width', mayImport: [] },
    { place: 'line-editor', mayImport: ['errors', 'cell-width'] },
    { place: 'io', mayImport: ['errors'] },
    { place: 'sanitize', mayImport: ['cell-width'] },
    { place: 'group-leader', mayImport: ['errors', 'io'], builtins: ['async_hooks'] },
    { place: 'repl', mayImport: ['errors', 'io', 'cell-width', 'line-editor'] },
    {
      place: 'session',
      mayImport: ['errors', 'io', 'cell-width', 'line-editor', 'group-leader', 'repl', 'sanitize'],
      builtins: ['crypto', 'timers/promises'],
    },
    {
      place: 'history-file',
      mayImport: ['line-editor', 'repl', 'session'],
      builtins: ['fs', 'path'],
    },
    {
      place: 'terminal',
      mayImport: ['errors', 'session', 'line-editor'],
      builtins: ['readline', 'stream'],
    },
    {
      place: 'evaluator',
      mayImport: ['errors', 'io', 'line-editor'],
      builtins: ['console', 'inspector', 'module', 'stream', 'util', 'v8', 'vm'],
    },
    { place: 'index', mayImport: ['*'] },
  ],
};
