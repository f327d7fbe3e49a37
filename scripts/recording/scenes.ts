/** What is typed in docs/images/first-minute.svg, from npm to a shell on a node of a cluster that runs already. */

/** A line that is typed, and what is waited for before the next one. */
export interface Scene {
  readonly line: string;
  /** The end of what the terminal has printed, without colours. */
  readonly until: RegExp;
  /** How long the result stays before the next line, in milliseconds. Default 500. */
  readonly readMs?: number;
}

/** The nodes that run before the first scene, the first two of Elixir and the last of Erlang. */
export const runningNodes = ['shop', 'web', 'jobs'] as const;

/** The size of the terminal. */
export const size = { cols: 100, rows: 24 } as const;

/** For people who do not see it. */
export const title =
  'A terminal: npx starts the console and attaches a running cluster of three nodes, convoy list shows them, and convoy shell opens IEx on one of them';

export const scenes: readonly Scene[] = [
  // The shell prints no new prompt after what a program in the background has printed.
  { line: 'npx @convoy/cli up --attach shop@127.0.0.1 &', until: /: 3 nodes\n$/, readMs: 2500 },
  { line: '', until: /\$ $/ },
  { line: 'npx @convoy/cli list', until: /jobs@127[\s\S]*\$ $/, readMs: 3500 },
  { line: 'npx @convoy/cli shell web@127.0.0.1', until: /iex\([^)]*\)1> $/, readMs: 1000 },
  { line: 'Node.list()', until: /iex\([^)]*\)2> $/, readMs: 1500 },
  { line: ':erlang.memory(:total) |> div(1_000_000)', until: /iex\([^)]*\)3> $/, readMs: 1000 },
];
