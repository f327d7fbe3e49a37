/** Asks a node for its loaded modules, and about one of them. */

import { atom, type Term, tuple } from '@convoy/node/etf';
import { InspectError } from '../../errors.ts';
import { askNode, type InspectOptions, readAnswer } from '../asking/ask-node.ts';
import type { Asker } from '../asking/asker.ts';
import { count, needle, text, timeout } from '../asking/options.ts';
import type { InspectAnswer } from '../read/answer.ts';
import { moduleBody, modulesBody } from './module-program.ts';
import { type ModuleDetails, readModule } from './read-module.ts';
import { type ModuleList, readModules } from './read-modules.ts';

/** Options of `modules`. `timeoutMs` is 5000 by default. */
export interface ModulesOptions extends InspectOptions {
  /** Text in the name; upper and lower case are the same. Default: all modules. */
  readonly filter?: string | undefined;
  /** Only modules with old code. Default false. */
  readonly oldOnly?: boolean | undefined;
  /** Number of modules to list, up to 2000. Default 200. */
  readonly limit?: number | undefined;
}

/** Options of `module`. `timeoutMs` is 10000 by default. */
export interface ModuleOptions extends InspectOptions {
  /** A function whose documentation to add: `map/2`, or `map` for each arity. Default: none. */
  readonly doc?: string | undefined;
  /**
   * Asks up to so many processes whether they run old code of the module, if it has old code. Default 0: none; at most 100,000. Each
   * of them looks through its own stack and heap; none collects garbage for it, and a busy one is not waited for.
   */
  readonly oldCodeProcesses?: number | undefined;
}

export async function askModules(
  asker: Asker,
  node: string,
  options: ModulesOptions = {},
): Promise<InspectAnswer<ModuleList>> {
  const limit = count('limit', options.limit, { least: 1, most: 2000, otherwise: 200 });
  const bindings = { Limit: limit, Needle: needle(options.filter), OldOnly: options.oldOnly ?? false };
  const timeoutMs = timeout(options.timeoutMs, 5000);
  const answer = await askNode(asker, {
    node,
    body: modulesBody,
    bindings,
    timeoutMs,
    signal: options.signal,
  });
  return readAnswer(answer, node, (value) => readModules(value, { limit }));
}

export async function askModule(
  asker: Asker,
  node: string,
  { module, options = {} }: { readonly module: string; readonly options?: ModuleOptions | undefined },
): Promise<InspectAnswer<ModuleDetails>> {
  const bindings = {
    Doc: options.doc === undefined ? false : functionName(options.doc),
    Name: text('module', module, 255),
    Who: count('oldCodeProcesses', options.oldCodeProcesses, { least: 0, most: 100_000, otherwise: 0 }),
  };
  const timeoutMs = timeout(options.timeoutMs, 10_000);
  const answer = await askNode(asker, {
    node,
    body: moduleBody,
    bindings,
    timeoutMs,
    signal: options.signal,
  });
  return readAnswer(answer, node, (value) => readModule(value, { node, module }));
}

/** `{Function, Arity}`; the arity is `any` if there is none. */
function functionName(value: string): Term {
  const [, name, arity] = /^(.{1,255}?)(?:\/(\d{1,3}))?$/u.exec(value) ?? [];
  if (name !== undefined) return tuple(name, arity === undefined ? atom('any') : Number(arity));
  throw new InspectError(
    'INSPECT_BAD_OPTION',
    `doc is ${JSON.stringify(value.slice(0, 100))}, which is not a function`,
    {
      value,
      remedy: 'Write the name of the function and its arity, for instance map/2.',
    },
  );
}
