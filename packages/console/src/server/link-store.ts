/**
 * What the console has to know of its connections after a restart, in a 0600 file: the name of its own node, for which the
 * nodes that it started keep a link cookie, and those of them that outlive it, with these cookies.
 */

import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import type { RememberedNode } from '@convoy/cluster/ssh';
import { nodeKinds } from '@convoy/node/names';
import { z } from 'zod';
import { fileProblem } from '../file-problem.ts';
import { replaceFile } from '../replace-file.ts';

/** The nodes that were started on one host, and the cookie that they share. */
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

export class LinkStore {
  /** Whether the file was there, but could not be used: nodes of before are not found again then. */
  readonly isReset: boolean;
  readonly file: string;
  #content: Content;

  /** Reads the file, or creates it. Throws CONSOLE_STORAGE_FAILED. */
  constructor(file: string) {
    this.file = file;
    const text = readIfThere(file);
    const known = text === undefined ? undefined : parse(text);
    this.isReset = text !== undefined && known === undefined;
    this.#content = known ?? { node: `convoy-${randomBytes(4).toString('hex')}@127.0.0.1`, hosts: {} };
    if (known === undefined) this.#write(this.#content);
  }

  /** Full name of the console's own node: the same for every start. */
  get nodeName(): string {
    return this.#content.node;
  }

  /** The ways to the hosts with remembered nodes: `ssh://ops@db1`. */
  get hosts(): readonly string[] {
    return Object.keys(this.#content.hosts);
  }

  host(name: string): RememberedHost | undefined {
    return Object.hasOwn(this.#content.hosts, name) ? this.#content.hosts[name] : undefined;
  }

  /** Throws CONSOLE_STORAGE_FAILED; the node is not remembered then. */
  add(host: string, cookie: string, node: RememberedNode): void {
    const others = (this.host(host)?.nodes ?? []).filter(({ name }) => name !== node.name);
    this.#set({ ...this.#content.hosts, [host]: { cookie, nodes: [...others, node] } });
  }

  /** With a disk that is full the file may keep a node that has ended; it is looked at then, and forgotten. */
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
      // Stopping a node must not fail for that.
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
