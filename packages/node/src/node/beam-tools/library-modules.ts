/**
 * The functions of kernel and stdlib that tools call to look at a node: its one application with all processes below it, no tables, and
 * the modules that it exposes.
 */

import { hostname } from 'node:os';
import { atom, atomOf, Pid, type Term, tuple } from '../../etf/index.ts';
import { notServed } from '../calls/exposed-functions.ts';
import type { ToolSource } from './erlang-module.ts';
import { initialCall } from './process-items.ts';
import {
  badArgument,
  charlist,
  entry,
  exitWith,
  localPid,
  nameOf,
  type ToolModule,
} from './tool-function.ts';
import { describeProcess } from './process-description.ts';

/** The application of every node of Convoy, and the name that tools know its processes by. */
export const applicationName = 'convoy';
const convoy = atom(applicationName);

/** `{Application, Description, Version}`. */
export function applicationOf({ vitals }: ToolSource): Term {
  return tuple(convoy, charlist('Convoy node (TypeScript)'), charlist(vitals.program));
}

export function applicationModules(source: ToolSource): Readonly<Record<string, ToolModule>> {
  const { core } = source;
  return {
    application: {
      'which_applications/0': () => [applicationOf(source)],
      'which_applications/1': () => [applicationOf(source)],
      'loaded_applications/0': () => [applicationOf(source)],
      'get_key/2': () => undefined,
      'get_env/2': () => undefined,
    },
    application_controller: {
      'get_master/1': (_call, name) => (nameOf(name) === applicationName ? core.pid : undefined),
    },
    application_master: {
      'get_child/1': (_call, master) => tuple(localPid(master, core.name), convoy),
    },
    supervisor: {
      'which_children/1': (_call, supervisor) => childrenOf(source, supervisor),
      'count_children/1': (_call, supervisor) => {
        const { length } = childrenOf(source, supervisor);
        return [
          entry('specs', length),
          entry('active', length),
          entry('supervisors', 0),
          entry('workers', length),
        ];
      },
    },
  };
}

/** The processes below the one root, `{Name | undefined, Pid, worker, [convoy]}`. No other process is a supervisor. */
function childrenOf({ core }: ToolSource, supervisor: Term): readonly Term[] {
  if (!isRoot(supervisor, core.pid)) {
    const call = tuple(atom('gen_server'), atom('call'), [
      supervisor,
      atom('which_children'),
      atom('infinity'),
    ]);
    throw exitWith(tuple(atom('noproc'), call));
  }
  return core.processes
    .pids()
    .filter((pid) => pid !== core.pid)
    .map((pid) => {
      const name = describeProcess(core, pid)?.name;
      return tuple(name === undefined ? undefined : atomOf(name), pid, atom('worker'), [convoy]);
    });
}

function isRoot(term: Term, root: Pid): boolean {
  if (term instanceof Pid)
    return term.id === root.id && term.serial === root.serial && term.node === root.node;
  return term === convoy;
}

export function libraryModules(source: ToolSource): Readonly<Record<string, ToolModule>> {
  const { core, functions } = source;
  return {
    code: {
      'all_loaded/0': () => functions.modules().map((name) => tuple(atomOf(name), charlist(''))),
      // Remote shells begin with this question, and commands tell by it which language a node runs: `nofile` would be the answer of an
      // Erlang node that has no Elixir.
      'ensure_loaded/1': (_call, module) =>
        functions.hasModule(nameOf(module)) ? tuple(atom('module'), module) : notServed,
      'get_mode/0': () => atom('embedded'),
      'is_loaded/1': (_call, module) =>
        functions.hasModule(nameOf(module)) ? tuple(atom('file'), charlist('')) : false,
      'which/1': () => atom('non_existing'),
    },
    // Tools look for the behaviour of a process in the attributes of its module.
    convoy: {
      'module_info/1': (_call, item) => {
        if (nameOf(item) === 'attributes') return [entry('behaviour', [atom('gen_server')])];
        if (nameOf(item) === 'exports' || nameOf(item) === 'functions') return [];
        throw badArgument();
      },
    },
    ets: {
      'all/0': () => [],
      'info/1': () => undefined,
      'info/2': () => undefined,
      'whereis/1': () => undefined,
    },
    net_adm: { 'localhost/0': () => charlist(hostname()) },
    proc_lib: {
      'get_label/1': () => undefined,
      'translate_initial_call/1': (_call, term) => {
        const process = describeProcess(core, localPid(term, core.name));
        // What Erlang answers for a process that has no more to tell than that it was spawned.
        if (process?.kind !== 'gen_server') return tuple(atom('proc_lib'), atom('init_p'), 5);
        return initialCall(process);
      },
    },
  };
}
