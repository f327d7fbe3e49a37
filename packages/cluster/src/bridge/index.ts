/** The entry point `@convoy/cluster/bridge`: lets stock Erlang and Elixir nodes reach nodes behind a tunnel. */

export { openAliasBridge } from './alias-bridge.ts';
export type { Bridge, BridgeCommands, BridgeOptions } from './bridge.ts';
export { type EpmdModuleBridgeOptions, openEpmdModuleBridge } from './epmd-module-bridge.ts';
