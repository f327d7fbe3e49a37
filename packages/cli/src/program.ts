/**
 * The command line: a table of commands, each loaded only when it runs. What a command does is in commands/.
 */

import { Command, CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { watchOutput } from './lost-output.ts';
import { print, printable, printFailure } from './output.ts';

export const version = '0.1.0';

type Configure = (command: Command) => void;

interface Row {
  readonly summary: string;
  readonly load: () => Promise<Configure>;
}

/** In the order `convoy --help` shows them. */
const table: Readonly<Record<string, Row>> = {
  up: {
    summary: 'start the console and a local cluster',
    load: async () => (await import('./commands/up.ts')).configureUp,
  },
  launch: {
    summary: 'launch a node and wait until it answers',
    load: async () => (await import('./commands/console/launch.ts')).configureLaunch,
  },
  list: {
    summary: 'list the nodes of the console and their connections',
    load: async () => (await import('./commands/console/list.ts')).configureList,
  },
  attach: {
    summary: 'attach a running cluster to the console, through one of its nodes',
    load: async () => (await import('./commands/console/attach.ts')).configureAttach,
  },
  detach: {
    summary: 'leave a cluster that was attached; its nodes keep running',
    load: async () => (await import('./commands/console/detach.ts')).configureDetach,
  },
  clusters: {
    summary: 'list the clusters of the console; change, reconnect, export and import them',
    load: async () => (await import('./commands/console/clusters/clusters.ts')).configureClusters,
  },
  logs: {
    summary: 'print the output of a launched node',
    load: async () => (await import('./commands/console/logs.ts')).configureLogs,
  },
  stop: {
    summary: 'stop a node that the console launched',
    load: async () => (await import('./commands/console/stop.ts')).configureStop,
  },
  restart: {
    summary: 'stop nodes that the console launched and launch them again',
    load: async () => (await import('./commands/console/restart.ts')).configureRestart,
  },
  join: {
    summary: 'make two nodes connect to each other',
    load: async () => (await import('./commands/console/join.ts')).configureJoin,
  },
  disconnect: {
    summary: 'make two nodes disconnect',
    load: async () => (await import('./commands/console/disconnect.ts')).configureDisconnect,
  },
  audit: {
    summary: 'search the audit log of the console',
    load: async () => (await import('./commands/console/audit.ts')).configureAudit,
  },
  backup: {
    summary: 'back up the data directory of a console into one file',
    load: async () => (await import('./commands/console/backup.ts')).configureBackup,
  },
  restore: {
    summary: 'restore the data directory of a console from a backup',
    load: async () => (await import('./commands/console/restore.ts')).configureRestore,
  },
  node: {
    summary: 'run a TypeScript node',
    load: async () => (await import('./commands/node.ts')).configureNode,
  },
  nodes: {
    summary: 'list the nodes registered with an EPMD and their connections',
    load: async () => (await import('./commands/nodes.ts')).configureNodes,
  },
  ping: {
    summary: 'check whether a node is up and accepts the cookie',
    load: async () => (await import('./commands/ping.ts')).configurePing,
  },
  doctor: {
    summary: 'explain why a node cannot be reached and what to do about it',
    load: async () => (await import('./commands/doctor.ts')).configureDoctor,
  },
  top: {
    summary: 'show what a node is doing: its load and the processes that work most',
    load: async () => (await import('./commands/inspect/top.ts')).configureTop,
  },
  ps: {
    summary: 'list the processes of a node by memory, message queue or work',
    load: async () => (await import('./commands/inspect/ps.ts')).configurePs,
  },
  process: {
    summary: 'show one process of a node: stack, links, messages and state',
    load: async () => (await import('./commands/inspect/process.ts')).configureProcess,
  },
  kill: {
    summary: 'end a process of a node at once',
    load: async () => (await import('./commands/inspect/kill.ts')).configureKill,
  },
  gc: {
    summary: 'have a process of a node collect its garbage, and say what that freed',
    load: async () => (await import('./commands/inspect/gc.ts')).configureGc,
  },
  tree: {
    summary: 'list the applications of a node, or show the supervision tree of one',
    load: async () => (await import('./commands/inspect/tree.ts')).configureTree,
  },
  ets: {
    summary: 'list the largest ETS tables of a node, or show rows of one',
    load: async () => (await import('./commands/inspect/ets.ts')).configureEts,
  },
  mnesia: {
    summary: 'list the Mnesia tables of a node, or show rows of one',
    load: async () => (await import('./commands/inspect/parts/mnesia.ts')).configureMnesia,
  },
  ports: {
    summary: 'list the ports and sockets of a node, and who has them',
    load: async () => (await import('./commands/inspect/parts/ports.ts')).configurePorts,
  },
  names: {
    summary: 'list the registered names of a node, and those of global',
    load: async () => (await import('./commands/inspect/parts/names.ts')).configureNames,
  },
  groups: {
    summary: 'list the process groups (pg) of a cluster as a node knows them',
    load: async () => (await import('./commands/inspect/parts/groups.ts')).configureGroups,
  },
  modules: {
    summary: 'list the loaded modules of a node, or show one of them',
    load: async () => (await import('./commands/inspect/parts/modules.ts')).configureModules,
  },
  code: {
    summary: 'say which nodes of a cluster run different code',
    load: async () => (await import('./commands/inspect/parts/code.ts')).configureCode,
  },
  send: {
    summary: 'send a message to a process of one or more nodes',
    load: async () => (await import('./commands/inspect/parts/send.ts')).configureSend,
  },
  call: {
    summary: 'call a gen_server of one or more nodes and print its replies',
    load: async () => (await import('./commands/inspect/parts/call.ts')).configureCall,
  },
  trace: {
    summary: 'show who calls a function on a node, with what, and what it returns',
    load: async () => (await import('./commands/inspect/trace.ts')).configureTrace,
  },
  rpc: {
    summary: 'call a function on a node and print what it returns',
    load: async () => (await import('./commands/rpc.ts')).configureRpc,
  },
  eval: {
    summary: 'evaluate an Elixir or Erlang expression on a node and print its output',
    load: async () => (await import('./commands/eval.ts')).configureEval,
  },
  shell: {
    summary: 'open a real IEx, erl or TypeScript shell on a node; nothing is installed there',
    load: async () => (await import('./commands/shell.ts')).configureShell,
  },
  connect: {
    summary: 'turn an SSH login into a shell on a node there: find or start one, tunnel, clean up',
    load: async () => (await import('./commands/connect.ts')).configureConnect,
  },
  tunnel: {
    summary: 'make a node behind SSH reachable from stock erl and iex until Ctrl-C',
    load: async () => (await import('./commands/tunnel.ts')).configureTunnel,
  },
  completion: {
    summary: 'print the script with which bash, zsh or fish completes commands, options and nodes',
    load: async () => (await import('./commands/completion.ts')).configureCompletion,
  },
  epmd: {
    summary: 'run a drop-in EPMD daemon, or query a running one',
    load: async () => (await import('./commands/epmd.ts')).configureEpmd,
  },
};

export const commandNames: readonly string[] = Object.keys(table);

/** Former names of commands. They still work, and no help mentions them. */
const formerNames: ReadonlyMap<string | undefined, string> = new Map([['part', 'disconnect']]);

/** Erlang's EPMD takes long options after a single dash, `-names`, and scripts rely on it. Commander expects two. */
const epmdWord =
  /^-(names|kill|stop|dump|started|port|address|daemon|debug|systemd|relaxed_command_check|packet_timeout|delay_accept|delay_write)$/;

/**
 * Arguments in the form commander expects: `X --help` for `help X`, two dashes for EPMD's options, the new name for a former one. Without
 * a command called X, commander would show the help of the program for `X --help`; asked for X alone, it suggests one.
 */
export function normalizeWords(words: readonly string[]): string[] {
  const [first, second, ...rest] = words;
  // The name that commander uses by default.
  if (first === '-V') return ['--version'];
  if (first === 'help') return second === undefined ? ['--help'] : normalizeWords([second, '--help']);
  const name = formerNames.get(first);
  if (name !== undefined) return [name, ...words.slice(1)];
  if (first !== undefined && !first.startsWith('-') && !Object.hasOwn(table, first)) return [first];
  if (first !== 'epmd') return [...words];
  return ['epmd', ...[second, ...rest].flatMap((word) => word?.replace(epmdWord, '--$1') ?? [])];
}

/** The program with all commands by name and summary. Only the command called `name` is loaded and has its options. */
async function createProgram(name: string | undefined): Promise<Command> {
  const hint = '(add --help for the options and an example)';
  const programHint = '(`convoy --help` lists the commands)';
  const program = new Command('convoy')
    .description('Launch, cluster and operate nodes that speak the Erlang distribution protocol.')
    .version(version, '-v, --version', 'print the version')
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError(programHint)
    .addHelpText('after', '\n`convoy COMMAND --help` shows the options of a command and an example.');
  for (const [word, { summary, load }] of Object.entries(table)) {
    const command = program.command(word).description(summary).exitOverride().showHelpAfterError(hint);
    if (word !== name) continue;
    (await load())(command);
    // EPMD has the options of Erlang's daemon, which no configuration file sets.
    if (word !== 'epmd' && word !== 'completion')
      (await import('./options/shared-options.ts')).addConfigOption(command);
  }
  return program;
}

/** The words after program and script. A link called `epmd` to this program is `convoy epmd`, for scripts that start EPMD by its name. */
export function wordsOf([, script = '', ...words]: readonly string[]): string[] {
  return /(?:^|[/\\])epmd$/.test(script) ? ['epmd', ...words] : words;
}

/** Runs the command line `words` (without program and script) and sets the exit code. */
export async function runProgram(words: readonly string[]): Promise<void> {
  watchOutput();
  // The completion scripts call this while a line is typed; no help mentions it.
  if (words[0] === 'complete' && words[1] === '--') {
    const { runCompletion } = await import('./completion/run-completion.ts');
    return runCompletion(words.slice(2), createProgram);
  }
  const normal = normalizeWords(words);
  const program = await createProgram(normal.find((word) => !word.startsWith('-')));
  if (normal.length === 0) {
    program.outputHelp({ error: true });
    process.exitCode = exitCodes.usage;
    return;
  }
  try {
    await program.parseAsync(normal, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      // An error outside of what a command guards, e.g. while its options are read.
      printFailure({ json: words.includes('--json') }, error);
      if (normal[0] === 'epmd') process.exitCode = exitCodes.failed;
      return;
    }
    // Help and version end with code 0; everything else that the parser throws is wrong usage.
    const wrong = normal[0] === 'epmd' ? exitCodes.failed : exitCodes.usage;
    process.exitCode = error.exitCode === 0 ? exitCodes.done : wrong;
    if (error.exitCode !== 0 && words.includes('--json')) {
      const message = printable(error.message.replace(/^error: /, ''));
      print(JSON.stringify({ error: { code: 'CLI_BAD_OPTION', message } }, undefined, 2));
    }
  }
}
