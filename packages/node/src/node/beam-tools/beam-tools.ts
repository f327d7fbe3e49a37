/**
 * Lets the tools of Erlang look at this node: observer, etop and whatever asks `erlang`, `supervisor` or `application` by rpc. A table of
 * functions by module, name and arity; each answers what is true here, or refuses as OTP does. They change nothing, and tell nothing that
 * processes keep or have been sent.
 */

import type { Pid } from '../../etf/index.ts';
import type { ExposedFunctions } from '../calls/exposed-functions.ts';
import type { NodeCore } from '../runtime/node-core.ts';
import { appmonInfo } from './appmon-info.ts';
import { dbgModule } from './dbg-module.ts';
import { erlangModule, type ToolSource } from './erlang-module.ts';
import { applicationModules, libraryModules } from './library-modules.ts';
import { observerBackend } from './observer-backend.ts';
import { Ports } from './port-items.ts';
import { sysModule } from './sys-module.ts';
import type { ToolModules } from './tool-function.ts';
import { Vitals } from './vitals.ts';

/** Serves the functions of the tools. What the program exposes under the same names comes first. */
export function serveBeamTools(core: NodeCore, functions: ExposedFunctions, leader: Pid): void {
  const source: ToolSource = { core, functions, leader, vitals: new Vitals(core), ports: new Ports(core) };
  const modules: ToolModules = {
    erlang: erlangModule(source),
    observer_backend: observerBackend(source),
    appmon_info: appmonInfo(source),
    sys: sysModule(source),
    dbg: dbgModule(source),
    ...applicationModules(source),
    ...libraryModules(source),
  };
  functions.serveOwn(modules);
}
