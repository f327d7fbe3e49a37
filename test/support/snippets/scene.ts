/** What a snippet needs to run: the code before and after it that the page leaves to the reader, and real peers. */

/**
 * `beam`: the Elixir node app@127.0.0.1, with a GenServer `counter`. `ssh`: an SSH server on the machine of that node. `dns`: a name
 * server. `console`: a running console with the node ts-1. `railway`: a simulated Railway.
 */
export type Peer = 'beam' | 'ssh' | 'dns' | 'console' | 'railway' | 'certificates';

export interface Scene {
  readonly needs?: readonly Peer[];
  /** Comes before the snippet. */
  readonly before?: string;
  /** Comes after it: checks that it worked, and closes what the snippet leaves open. */
  readonly after?: string;
  /** Placeholders that readers replace, with the values used here. `{{NAME}}` is a value of the peers. */
  readonly replace?: Readonly<Record<string, string>>;
  /** What it prints among other things. */
  readonly prints?: RegExp;
  /** Its standard input. */
  readonly input?: string;
}

/** The scenes of one page, one for each of its snippets. */
export type PageScenes = readonly [page: string, ...scenes: Scene[]];

/** A node of the reader that is connected to app@127.0.0.1, as most pages assume. */
export function connected(...names: string[]): string {
  const list = ['startNode', ...names].join(', ');
  return `
import { ${list} } from '@convoy/node';
const cookie = process.env.COOKIE ?? '';
const node = await startNode({ name: 'web@127.0.0.1', cookie });
await node.connect('app@127.0.0.1');
`;
}

export const closeNode = '\nawait node.close();\n';
