/** What a snippet stands in, so that it can be run: what the page has said before, what a reader would put around it, and real peers. */

/**
 * `beam`: the Elixir node app@127.0.0.1, with a GenServer `counter`. `ssh`: an SSH server on the machine of that node. `dns`: a name
 * server. `console`: a running console with the node ts-1. `railway`: a simulated Railway.
 */
export type Peer = 'beam' | 'ssh' | 'dns' | 'console' | 'railway' | 'certificates';

export interface Scene {
  readonly needs?: readonly Peer[];
  /** Comes before the snippet. */
  readonly before?: string;
  /** Comes after it: what shows that it has worked, and closes what the snippet leaves open. */
  readonly after?: string;
  /** What readers replace by their own, and by what here. `{{NAME}}` is a value of the peers. */
  readonly replace?: Readonly<Record<string, string>>;
  /** What it prints among other things. */
  readonly prints?: RegExp;
  /** Its standard input. */
  readonly input?: string;
}

/** The scenes of one page, one for each of its snippets. */
export type PageScenes = readonly [page: string, ...scenes: Scene[]];

/** A node of the reader's own that is connected to app@127.0.0.1, as most pages assume. */
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
