/** `convoy node [MODULE]`: a TypeScript node, until a signal or the end of its parent ends it. */

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import type { Node, NodeOptions } from '@convoy/node';
import { parsePortRange, withSettings } from '../config.ts';
import { findCookie } from '../cookie.ts';
import { CliError } from '../errors.ts';
import { note } from '../output.ts';
import { logNodeEvents } from '../node-log.ts';
import { guarded, withExample } from './options.ts';

interface NodeCommandOptions {
  readonly name?: string;
  readonly cookie?: string;
  readonly cookieFile?: string;
  readonly dataDir?: string;
  readonly join?: readonly string[];
  readonly hidden?: boolean;
  readonly listenPort?: string;
  readonly proto?: string;
  readonly epmd?: string;
  readonly shell: boolean;
}

function oneOf<const Choice extends string>(
  value: string,
  choices: readonly Choice[],
  option: string,
): Choice {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new CliError('CLI_BAD_OPTION', `${option} ${value} is not known`, {
    remedy: `Use one of ${choices.join(', ')}.`,
  });
}

function nodeOptionsOf(options: NodeCommandOptions): NodeOptions {
  const { name } = options;
  if (name === undefined) {
    throw new CliError('CLI_BAD_OPTION', 'the node has no name', {
      remedy: 'Give --name app@127.0.0.1, or CONVOY_NAME.',
    });
  }
  const proto = oneOf(options.proto ?? 'inet', ['inet', 'inet6'], '--proto');
  return {
    name,
    cookie: findCookie(options),
    hidden: options.hidden === true,
    proto,
    epmd: oneOf(options.epmd ?? 'auto', ['auto', 'system', 'embedded', 'none'], '--epmd'),
    ...(options.listenPort === undefined ? {} : { listen: { port: parsePortRange(options.listenPort) } }),
  };
}

async function runModule(file: string, node: Node): Promise<void> {
  const url = pathToFileURL(resolve(file)).href;
  const loaded = (await import(url)) as { default?: unknown };
  if (typeof loaded.default !== 'function') {
    throw new CliError('CLI_BAD_MODULE', `${file} has no function as its default export`, {
      remedy: 'Write `export default async function (node) { ... }`.',
    });
  }
  await (loaded.default as (node: Node) => unknown)(node);
}

/** Tries each peer until it is there; a cluster may still be starting. */
async function joinPeer(node: Node, peer: string, signal: AbortSignal): Promise<void> {
  for (let delayMs = 500; !signal.aborted; delayMs = Math.min(delayMs * 2, 15_000)) {
    try {
      await node.connect(peer, { signal });
      return;
    } catch (error) {
      if (signal.aborted) return;
      note(`cannot join ${peer}, trying again in ${delayMs / 1000} s: ${(error as Error).message}`);
    }
    await new Promise((wake) => setTimeout(wake, delayMs));
  }
}

/** Ends the node on a signal, or when the pipe its parent holds is closed: the parent is gone then. */
function endWith(node: Node, stop: AbortController): void {
  const end = (): void => {
    stop.abort();
    // A close that hangs must not keep an orphan alive.
    setTimeout(() => process.exit(1), 1500).unref();
    void node.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
  if (process.env['CONVOY_PARENT_PIPE'] !== '1') return;
  process.stdin.once('end', end).once('error', end).resume();
}

async function runNode(file: string | undefined, flags: NodeCommandOptions): Promise<void> {
  const names = ['name', 'cookieFile', 'listenPort', 'proto', 'epmd', 'dataDir'];
  const options = await withSettings(flags, names);
  const { startNode } = await import('@convoy/node');
  const { installWorker } = await import('@convoy/cluster');
  const node = await startNode(nodeOptionsOf(options));
  const stop = new AbortController();
  endWith(node, stop);
  logNodeEvents(node);
  installWorker(node);
  if (options.shell) {
    const { installShell } = await import('@convoy/shell/evaluator');
    installShell(node);
  }
  if (file !== undefined) await runModule(file, node);
  console.log(`convoy node ${node.name} is up on port ${node.port}`);
  for (const peer of options.join ?? []) void joinPeer(node, peer, stop.signal);
  await node.closed;
  process.exit(0);
}

export function registerNode(program: Command): void {
  const command = program
    .command('node')
    .argument('[module]', 'a module whose default export gets the node')
    .description('run a TypeScript node')
    .option('--name <name@host>', 'full name of the node (CONVOY_NAME)')
    .option('--cookie-file <file>', 'file that holds the cookie')
    .option('--cookie <cookie>', 'the cookie itself; visible in process lists, prefer --cookie-file')
    .option('--data-dir <folder>', 'data directory of the console whose cookie to use')
    .option('--join <node...>', 'nodes to connect to, tried until they are there')
    .option('--hidden', 'do not appear in nodes() of the others')
    .option('--listen-port <port>', 'port or range MIN-MAX to listen on')
    .option('--proto <proto>', 'inet or inet6')
    .option('--epmd <epmd>', "auto: the machine's EPMD, else our own; system, embedded or none")
    .option('--no-shell', 'host no TypeScript shell');
  withExample(
    command,
    'convoy node --name web@127.0.0.1 --cookie-file ~/.erlang.cookie',
    'convoy node ./app.ts --name app@10.0.0.5 --join web@10.0.0.4',
  );
  command.action(async (file: string | undefined, options: NodeCommandOptions) =>
    guarded({}, async () => {
      try {
        await runNode(file, options);
      } catch (error) {
        // A node that was started and then failed must not keep the process alive.
        setTimeout(() => process.exit(), 100).unref();
        throw error;
      }
    }),
  );
}
