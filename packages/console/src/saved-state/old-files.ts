/**
 * Takes over what versions before the store kept in files: `links.json` with the name of the console's node and the nodes
 * that outlive it, and `sessions.json`. The files are deleted once the store has their content, so a file that is there is
 * newer than the store: the last console here was an older version.
 */

import { readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodeKinds } from '@convoy/node/names';
import { z } from 'zod';
import { digestOf } from '../auth/secrets.ts';
import { fileProblem } from '../file-problem.ts';
import type { ConsoleIdentity, Records, Store } from '../store/store.ts';

const cookie = z.string().min(16).max(255);

const linksSchema = z.object({
  node: z.string().regex(/^convoy-[0-9a-f]{8}@127\.0\.0\.1$/),
  hosts: z
    .record(
      z.string(),
      z.object({
        cookie,
        nodes: z.array(
          z.object({
            id: z.string().regex(/^[\w-]{1,64}$/),
            name: z.string().regex(/^[^@\s]{1,200}@[^@\s]{1,200}$/),
            kind: z.enum(nodeKinds),
            port: z.int().min(1).max(65_535),
            osPid: z.int().min(2),
            linkCookie: cookie,
          }),
        ),
      }),
    )
    .default({}),
});

const sessionsSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{8}$/),
  token: z.string(),
  sessions: z
    .array(
      z.object({
        digest: z.string().regex(/^[0-9a-f]{64}$/),
        createdAt: z.int().min(0),
        seenAt: z.int().min(0),
      }),
    )
    .max(200),
});

/** Options of `importOldFiles`. */
export interface OldFilesOptions {
  /** The data directory. */
  readonly folder: string;
  readonly store: Pick<Store, 'transaction'>;
  readonly token: string;
  /** The tag under which sessions of this token are saved now. */
  readonly sessionTag: string;
  /** The identity for whatever the files do not say. */
  readonly fallback: ConsoleIdentity;
  readonly logger: { warn(detail: object, message: string): void };
}

/** Imports the files and deletes them. Rejects with CONSOLE_STORAGE_FAILED if one of them cannot be read or deleted. */
export async function importOldFiles(options: OldFilesOptions): Promise<void> {
  const { folder, store, logger } = options;
  const files = [join(folder, 'links.json'), join(folder, 'sessions.json')] as const;
  const [links, sessions] = [readOldFile(files[0], linksSchema), readOldFile(files[1], sessionsSchema)];
  for (const [index, content] of [links, sessions].entries()) {
    const file = files[index];
    if (content !== 'unreadable' || file === undefined) continue;
    setAside(file);
    logger.warn({ file: `${file}.unreadable` }, 'a file of an earlier version could not be read');
  }
  await store.transaction(async (records) => {
    const known = await records.identity.load();
    const { id, node } = known ?? options.fallback;
    const next = { id: isRead(sessions) ? sessions.id : id, node: isRead(links) ? links.node : node };
    // An ordinary start writes nothing.
    if (next.id !== known?.id || next.node !== known.node) await records.identity.save(next);
    if (isRead(links)) await importNodes(records, links);
    if (isRead(sessions)) await importSessions(records, sessions, options);
  });
  for (const file of files) deleteFile(file);
}

type Content<Value> = Value | 'unreadable' | undefined;

function isRead<Value>(content: Content<Value>): content is Value {
  return content !== undefined && content !== 'unreadable';
}

async function importNodes(
  { launchedNodes }: Records,
  { hosts }: z.infer<typeof linksSchema>,
): Promise<void> {
  for (const [place, { cookie, nodes }] of Object.entries(hosts)) {
    for (const node of nodes) await launchedNodes.save(place, cookie, { ...node, keep: false, join: true });
  }
}

async function importSessions(
  records: Records,
  { token, sessions }: z.infer<typeof sessionsSchema>,
  options: OldFilesOptions,
): Promise<void> {
  if (token !== digestOf(`sessions of ${options.token}`).toString('hex')) return;
  await records.sessions.save(options.sessionTag, sessions);
}

/** The content of a file; `unreadable` if it is not valid, `undefined` if there is no such file. */
function readOldFile<Value>(file: string, schema: z.ZodType<Value>): Content<Value> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileProblem(error, file);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return 'unreadable';
  }
}

function setAside(file: string): void {
  try {
    renameSync(file, `${file}.unreadable`);
  } catch (error) {
    throw fileProblem(error, file);
  }
}

/** A file that stayed would be imported again, and bring back sessions that have ended since. */
function deleteFile(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    throw fileProblem(error, file);
  }
}
