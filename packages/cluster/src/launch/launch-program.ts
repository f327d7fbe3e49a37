/**
 * The program that a launched node runs once it is up. What it may be depends on the kind of node:
 *
 * | kind       | program                                                                                        |
 * |------------|------------------------------------------------------------------------------------------------|
 * | TypeScript | a module file, whose default export is called with the node                                    |
 * | Elixir     | a script (`/srv/seed.exs`), a function without arguments (`Shop.Worker.start`), or a release    |
 * | Erlang     | a function without arguments (`shop_worker:start`), or a release                               |
 *
 * The folder of the compiled module may come before a function: `/srv/shop/ebin/shop_worker:start`. A release is the folder that
 * `mix release` or `rebar3 release` made (`/srv/shop`), or the start script in it (`/srv/shop/bin/shop`); the node then runs
 * it from its start. All files are on the machine of the node. Pure.
 */

import { ProviderError } from '../errors.ts';
import { maxProgramLength } from '../forms/launch-limits.ts';
import type { ProviderNodeKind } from './provider.ts';

/** A program. Paths are absolute. */
export type LaunchProgram =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'release'; readonly folder: string }
  | {
      readonly kind: 'call';
      /** `Shop.Worker.start`, `shop_worker:start`. */
      readonly call: string;
      /** Folder that comes first in the code path, and the file of the module in it. */
      readonly module?: { readonly folder: string; readonly file: string };
    };

interface ProgramForm {
  /** Files that the kind can run. */
  readonly file?: RegExp;
  /** Folder, module and function. */
  readonly call?: RegExp;
  /** Paths that can be those of a release; what the others match comes first. */
  readonly release?: RegExp;
  readonly remedy: string;
}

/** A file of another kind of program is not taken for a release. */
const releasePath = /^\/(?!.*\.(?:exs?|[eh]rl|beam|[cm]?[jt]s)$)/;

const forms: Readonly<Record<ProviderNodeKind, ProgramForm>> = {
  typescript: {
    file: /^(?:\/|[A-Za-z]:[\\/]).*\.[cm]?[jt]s$/,
    remedy: 'Give the absolute path of a .ts or .js file whose default export is a function.',
  },
  elixir: {
    file: /^(?:\/|[A-Za-z]:[\\/]).*\.exs$/,
    call: /^(?:(\/.*)\/)?((?:[A-Z]\w*\.)+)([a-z_]\w*[?!]?)$/,
    release: releasePath,
    remedy:
      'Give the absolute path of an .exs file or of a release, or a function without arguments, such as Shop.Worker.start or /srv/shop/ebin/Shop.Worker.start.',
  },
  erlang: {
    call: /^(?:(\/.*)\/)?([a-z][\w@]*:)([a-z][\w@]*)$/,
    release: releasePath,
    remedy:
      'Give a function without arguments, such as shop_worker:start or /srv/shop/ebin/shop_worker:start, or the absolute path of a release.',
  },
};

const titles: Readonly<Record<ProviderNodeKind, string>> = {
  typescript: 'a TypeScript',
  elixir: 'an Elixir',
  erlang: 'an Erlang',
};

/** Reads a program. Throws `ProviderError` PROVIDER_BAD_PROGRAM for one that this kind of node cannot run. */
export function parseProgram(kind: ProviderNodeKind, text: string): LaunchProgram {
  const { file, call, release, remedy } = forms[kind];
  const isPlain = text.length <= maxProgramLength && !/\p{Cc}/u.test(text);
  if (isPlain && file?.test(text) === true) return { kind: 'file', file: text };
  const [, folder, prefix, name] = (isPlain && call?.exec(text)) || [];
  if (prefix === undefined || name === undefined) {
    if (isPlain && release?.test(text) === true) return { kind: 'release', folder: text };
    const shown = JSON.stringify(text.slice(0, 100));
    throw badProgram(`${shown} is not a program that ${titles[kind]} node can run`, remedy);
  }
  const module = prefix.slice(0, -1);
  const beam = kind === 'elixir' ? `Elixir.${module}.beam` : `${module}.beam`;
  return {
    kind: 'call',
    call: `${prefix}${name}`,
    ...(folder === undefined ? {} : { module: { folder, file: `${folder}/${beam}` } }),
  };
}

/** The file without which a program cannot run; `undefined` if the code path decides, and for a release, which is more than one. */
export function fileOf(program: LaunchProgram): string | undefined {
  if (program.kind === 'call') return program.module?.file;
  return program.kind === 'file' ? program.file : undefined;
}

/** The error for a program whose file is missing; `where` is the machine: `this computer`. */
export function noProgramFile(file: string, where: string): ProviderError {
  return badProgram(`${where} has no file ${file}`, 'Correct the path, or put the file there first.');
}

/** The variables by which the boot program of an Erlang or Elixir node learns what to run. */
export function programVariables(program: LaunchProgram | undefined): Readonly<Record<string, string>> {
  if (program === undefined || program.kind === 'release') return {};
  if (program.kind === 'file') return { CONVOY_PROGRAM: program.file };
  const { call, module } = program;
  return { CONVOY_PROGRAM: call, ...(module === undefined ? {} : { CONVOY_CODE_PATH: module.folder }) };
}

function badProgram(message: string, remedy: string): ProviderError {
  return new ProviderError('PROVIDER_BAD_PROGRAM', message, { remedy });
}
