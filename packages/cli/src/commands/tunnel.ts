/** `convoy tunnel user@host NODE`: makes a node behind SSH reachable from stock Erlang and Elixir nodes until Ctrl-C. */

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { Tunnel } from '@convoy/cluster';
import type { Bridge, BridgeOptions } from '@convoy/cluster/bridge';
import { waitForAbort } from '@convoy/node/async';
import { ifGiven, parsePort, withSettings } from '../options/config.ts';
import { type CookieOptions, findCookie } from '../options/cookie.ts';
import { CliError } from '../errors.ts';
import { LineLimiter } from '../running/node-log.ts';
import { describeError, errorLine, note, printResult } from '../output.ts';
import { addSshOptions, openTunnel, type SshFlags, sshSettings } from '../options/ssh-options.ts';
import { interruptSignal } from '../terminal/interrupt-signal.ts';
import { hostOf } from '../targets/visits/visitor.ts';
import { addCookieOptions, addExamples, guarded } from '../options/shared-options.ts';

interface TunnelOptions extends CookieOptions, SshFlags {
  readonly epmdModule?: boolean;
  readonly alias?: boolean;
  readonly ipv6?: boolean | undefined;
  readonly port?: string | undefined;
  readonly epmdPort?: string | undefined;
  readonly json?: boolean;
}

const checkTimeoutMs = 10_000;

async function runTunnel(target: string, node: string, flags: TunnelOptions): Promise<void> {
  const options = await withSettings(flags, ['dataDir', ...sshSettings]);
  const bridgeOptions = settleBridge(node, options, await findCookieIfAny(options));
  const stopping = interruptSignal();
  try {
    const tunnel = await openTunnel(target, options, stopping);
    try {
      await keepBridge(tunnel, { ...options, bridge: bridgeOptions }, stopping);
    } finally {
      await tunnel.close();
    }
  } catch (error) {
    if (!stopping.aborted) throw error;
  }
}

interface KeepOptions extends TunnelOptions {
  readonly bridge: BridgeOptions;
}

async function keepBridge(tunnel: Tunnel, options: KeepOptions, stopping: AbortSignal): Promise<void> {
  const unfollow = tunnel.onState((state) => {
    if (state.kind === 'up') note(`${tunnel.name} is up again`);
    if (state.kind === 'down') note(`${tunnel.name} is down, reconnecting: ${errorLine(state.error)}`);
  });
  try {
    await using bridge = await openBridge(tunnel, options);
    await checkNode(bridge, options.bridge.cookie);
    const { node, hosts, port, commands, environment } = bridge;
    const via = tunnel.name;
    printResult(options, { node, via, hosts, port, commands, environment }, formatBridge(bridge, via));
    await waitForAbort(stopping);
  } finally {
    unfollow();
  }
}

async function openBridge(tunnel: Tunnel, options: KeepOptions): Promise<Bridge> {
  const { openAliasBridge, openEpmdModuleBridge } = await import('@convoy/cluster/bridge');
  if (options.alias === true) return await openAliasBridge(tunnel, options.bridge);
  const family = options.ipv6 === true ? 'inet6' : 'inet';
  return await openEpmdModuleBridge(tunnel, { ...options.bridge, family });
}

/** Reports a wrong cookie or an unexpected node at once; stock nodes would only return `false`. */
async function checkNode({ node, hosts, port }: Bridge, cookie: string | undefined): Promise<void> {
  const [host] = hosts;
  if (cookie === undefined || host === undefined) return;
  const { createStaticResolver, startNode } = await import('@convoy/node');
  const name = `convoy_${randomBytes(6).toString('hex')}@${hostOf(node)}`;
  const resolver = createStaticResolver({ [node]: { host, port } });
  await using visitor = await startNode({ name, cookie, hidden: true, listen: false, resolver });
  try {
    await visitor.connect(node, { timeoutMs: checkTimeoutMs });
  } catch (error) {
    const { message, code } = describeError(error);
    note(`convoy: ${node} does not accept connections yet: ${message} [${code}]`);
  }
}

function settleBridge(node: string, options: TunnelOptions, cookie: string | undefined): BridgeOptions {
  if (options.alias === true && (options.epmdModule === true || options.ipv6 === true)) {
    const other = options.ipv6 === true ? '--ipv6' : '--epmd-module';
    throw new CliError('CLI_BAD_OPTION', `--alias cannot be combined with ${other}`, {
      remedy: 'Omit one of them; --alias works with IPv4 only.',
    });
  }
  const limiter = new LineLimiter(note);
  return {
    node,
    cookie,
    onRefused: (error) =>
      limiter.write(`a connection to ${node} failed: ${errorLine(error)}`, performance.now()),
    port: ifGiven(options.port, (port) => parsePort(port, '--port')),
    epmdPort: ifGiven(options.epmdPort, (port) => parsePort(port, '--epmd-port')),
  };
}

/** The cookie, or `undefined` if there is none: local nodes then use their own, as usual. */
async function findCookieIfAny(options: TunnelOptions): Promise<string | undefined> {
  try {
    return await findCookie(options);
  } catch (error) {
    if (describeError(error).code !== 'CLI_NO_COOKIE' || options.cookieFile !== undefined) throw error;
    note('convoy: no cookie was found; your nodes will use the one in ~/.erlang.cookie, which they create');
    return undefined;
  }
}

function formatBridge({ node, hosts, port, commands }: Bridge, via: string): string {
  return [
    `${node} can be reached at port ${port} of ${hosts.join(' and ')}, through ${via}, until Ctrl-C.`,
    'To open a shell on it, run in another terminal:',
    `  ${commands.iexRemote}`,
    `  ${commands.erlRemote}`,
    'To start a node of your own that can connect to it:',
    `  ${commands.iex}`,
    `  ${commands.erl}`,
  ].join('\n');
}

export function configureTunnel(command: Command): void {
  command
    .argument('<target>', '[ssh://]user@host[:port][,next-hop]')
    .argument('<node>', 'full name of the node, as the node itself uses it')
    .option('--epmd-module', 'use an EPMD module, which your erlc compiles (the default)')
    .option('--alias', 'use a loopback address and a file of host names; your nodes load no extra code')
    .option('--ipv6', 'for local nodes that use IPv6')
    .option('--port <port>', 'local port (else a free one)')
    .option('--epmd-port <port>', 'port of EPMD on the host (else 4369)');
  addSshOptions(addCookieOptions(command)).option('--json', 'print one JSON document');
  addExamples(
    command,
    'convoy tunnel ops@db1.example app@db1.example',
    'convoy tunnel ops@db1 app@db1 --alias --cookie-file ~/.db1.cookie',
  );
  command.action((target: string, node: string, options: TunnelOptions) =>
    guarded(options, () => runTunnel(target, node, options)),
  );
}
