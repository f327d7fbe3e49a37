/**
 * Remembers connections across restarts of the console, in a 0600 file: the name of the console's own node, for which the
 * nodes that it started have a link cookie, and those of them that outlive the console, with these cookies.
 */

import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import type { RememberedNode } from '@convoy/cluster/ssh';
import { nodeKinds } from '@convoy/node/names';
import { z } from 'zod';
import { fileProblem } from '../file-problem.ts';
import { replaceFile } from '../replace-file.ts';

/** The nodes that were started on a host, and their common cookie. */
export interface RememberedHost {
  readonly cookie: string;
  readonly nodes: readonly RememberedNode[];
}

const rememberedNode = z.object({
  id: z.string().regex(/^[\w-]{1,64}$/),
  name: z.string().regex(/^[^@\s]{1,200}@[^@\s]{1,200}$/),
  kind: z.enum(nodeKinds),
  port: z.int().min(1).max(65_535),
  osPid: z.int().min(2),
  linkCookie: z.string().min(16).max(255),
});

const content = z.object({
  node: z.string().regex(/^convoy-[0-9a-f]{8}@127\.0\.0\.1$/),
  hosts: z
    .record(z.string(), z.object({ cookie: z.string().min(16).max(255), nodes: z.array(rememberedNode) }))
    .default({}),
});

type Content = z.infer<typeof content>;

/** The file of remembered connections. */
export class LinkStore {
  /** Whether the file existed but was invalid, so that earlier nodes cannot be found again. */
  readonly isReset: boolean;
  readonly file: string;
  #content: Content;

  /** Reads the file, and creates it if necessary. Throws CONSOLE_STORAGE_FAILED. */
  constructor(file: string) {
    this.file = file;
    const text = readIfThere(file);
    const known = text === undefined ? undefined : parse(text);
    this.isReset = text !== undefined && known === undefined;
    this.#content = known ?? { node: `convoy-${randomBytes(4).toString('hex')}@127.0.0.1`, hosts: {} };
    if (known === undefined) this.#write(this.#content);
  }

  /** Full name of the console's own node, the same after every restart. */
  get nodeName(): string {
    return this.#content.node;
  }

  /** The SSH targets of hosts with remembered nodes: `ssh://ops@db1`. */
  get hosts(): readonly string[] {
    return Object.keys(this.#content.hosts);
  }

  /** What is remembered about a host. */
  host(name: string): RememberedHost | undefined {
    return Object.hasOwn(this.#content.hosts, name) ? this.#content.hosts[name] : undefined;
  }

  /** Remembers a node. Throws CONSOLE_STORAGE_FAILED, in which case the node is not remembered. */
  add(host: string, cookie: string, node: RememberedNode): void {
    const others = (this.host(host)?.nodes ?? []).filter(({ name }) => name !== node.name);
    this.#set({ ...this.#content.hosts, [host]: { cookie, nodes: [...others, node] } });
  }

  /** Forgets a node. On a full disk the file may keep it; the node is then probed at the next start and forgotten. */
  delete(host: string, node: string): void {
    const known = this.host(host);
    if (known === undefined) return;
    const { [host]: _, ...hosts } = this.#content.hosts;
    const nodes = known.nodes.filter(({ name }) => name !== node);
    const next = nodes.length === 0 ? hosts : { ...hosts, [host]: { ...known, nodes } };
    this.#content = { ...this.#content, hosts: next };
    try {
      this.#write(this.#content);
    } catch {
      // Stopping a node must not fail because of this.
    }
  }

  #set(hosts: Content['hosts']): void {
    const next = { ...this.#content, hosts };
    this.#write(next);
    this.#content = next;
  }

  #write(next: Content): void {
    try {
      replaceFile(this.file, JSON.stringify(next));
    } catch (error) {
      throw fileProblem(error, this.file);
    }
  }
}

function readIfThere(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    chmodSync(file, 0o600);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileProblem(error, file);
  }
}

function parse(text: string): Content | undefined {
  try {
    return content.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
