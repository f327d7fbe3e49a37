/**
 * Which function a peer's request calls. `proc_lib:spawn` and `erlang:apply` of a fun or of a module and function are unwrapped, so that
 * `erpc:call(Node, fun m:f/1, ...)` finds the exposed function. Also the texts for refused requests.
 */

import { atomName, ExportFun, Fun, inspect, type Pid, type Term } from '../../etf/index.ts';

/** A module, a function and its arguments. */
export interface CallTarget {
  readonly module: string;
  readonly function: string;
  readonly args: readonly Term[];
}

/** Reads `Module, Function, Arguments`; `undefined` when they do not form a call. */
export function parseTarget(module: Term, functionName: Term, args: Term): CallTarget | undefined {
  const name = atomName(module);
  const functionText = atomName(functionName);
  if (name === undefined || functionText === undefined || !Array.isArray(args)) return undefined;
  const target = { module: name, function: functionText, args: args as readonly Term[] };
  return unwrapApply(unwrapProcLib(target));
}

/** `proc_lib:spawn` and its variants start `init_p(Parent, Ancestors, Fun)` or `init_p(Parent, Ancestors, Module, Function, Arguments)`. */
function unwrapProcLib(target: CallTarget): CallTarget {
  if (target.module !== 'proc_lib' || target.function !== 'init_p') return target;
  const [, , ...call] = target.args;
  return { module: 'erlang', function: 'apply', args: call.length === 1 ? [...call, []] : call };
}

function unwrapApply(target: CallTarget): CallTarget {
  if (target.module !== 'erlang' || target.function !== 'apply') return target;
  const [first, second, third] = target.args;
  if (target.args.length === 2 && first instanceof ExportFun && Array.isArray(second)) {
    return { module: first.module, function: first.function, args: second as readonly Term[] };
  }
  const module = atomName(first);
  const functionName = atomName(second);
  const isCall = module !== undefined && functionName !== undefined && Array.isArray(third);
  if (target.args.length !== 3 || !isCall) return target;
  return { module, function: functionName, args: third as readonly Term[] };
}

/** Longest text of a refused request in an event: arguments from peers may be huge. */
const maxRequestText = 200;
const maxShownArgs = 20;

/** Describes a refused call. */
export function describeCall(target: CallTarget, caller: Pid): string {
  const args = target.args
    .slice(0, maxShownArgs)
    .map((arg) => inspect(arg, { syntax: 'erlang', maxLength: maxRequestText }))
    .join(', ');
  const isCut = args.length > maxRequestText || target.args.length > maxShownArgs;
  const shown = isCut ? `${args.slice(0, maxRequestText)}...` : args;
  return `${target.module}:${target.function}(${shown}) by ${caller.toString()}`;
}

/** Modules that are only called to open a shell or a debugger. */
const toolModules =
  /^(Elixir\.(IEx|Code)(\..+)?|code|shell|group|user_drv|io_lib|edlin|edlin_expand|erl_eval)$/;

/** Modules that Livebook calls to attach a notebook to a node; `System.version()` comes first. */
const notebookModules = /^Elixir\.(System|Livebook(\..+)?)$/;

/** Tells a user who tries to open a shell on this node, to attach a notebook to it or to run a fun on it what to do instead. */
export function hintFor({ module, function: name, args }: CallTarget, node: string): string | undefined {
  const what = `${node} is a Convoy (TypeScript) node without Erlang code`;
  if (toolModules.test(module)) return `${what}; open its own shell from Convoy's console or command`;
  if (notebookModules.test(module))
    return `${what}: a Livebook cannot attach to it; start a standalone runtime and call what the node exposes by :erpc.call`;
  if (module === 'erlang' && name === 'apply' && args[0] instanceof Fun)
    return `${what} and cannot run funs; call a function that it exposes, by its module and name`;
  return undefined;
}

/** What to do about a refused call. */
export function remedyFor(target: CallTarget, node: string): string {
  const expose = `expose it on ${node}: node.expose('${target.module}', { ${target.function}: ... })`;
  return hintFor(target, node) ?? expose;
}
