/**
 * The console's folder: its cookie and token, each in a 0600 file and kept over restarts, and `console.json`, which says
 * to the command where the console runs. One console at a time: whoever finds the file of another looks whether that
 * one is still there before taking over.
 */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { isAlive } from '@convoy/cluster';
import { randomSecret } from '../auth/secrets.ts';
import { ConsoleError } from '../errors.ts';

interface RunningConsole {
  readonly pid: number;
  /** Left out until it listens. */
  readonly url?: string;
}

const probeMs = 1000;

export class DataDirectory {
  readonly path: string;
  readonly cookie: string;
  readonly token: string;

  /** Takes the folder over. Throws CONSOLE_ALREADY_RUNNING when another console has it. */
  static async open(path: string): Promise<DataDirectory> {
    makePrivate(path);
    await claim(path);
    return new DataDirectory(path);
  }

  private constructor(path: string) {
    this.path = path;
    this.cookie = secretIn(join(path, 'cookie'));
    this.token = secretIn(join(path, 'token'));
  }

  /** Where launched nodes have their own folders; left-overs of a console that was killed are removed. */
  nodesFolder(): string {
    const folder = join(this.path, 'nodes');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  }

  get auditFile(): string {
    return join(this.path, 'audit.jsonl');
  }

  /** Tells the command where the console listens. */
  announce(url: string): void {
    writeRunning(this.path, { url, token: this.token, pid: process.pid });
  }

  release(): void {
    rmSync(runningFile(this.path), { force: true });
  }
}

function runningFile(path: string): string {
  return join(path, 'console.json');
}

function makePrivate(path: string): void {
  const isNew = !existsSync(path) || readdirSync(path).length === 0;
  mkdirSync(path, { recursive: true, mode: 0o700 });
  // A folder that holds other things keeps its mode: it may not be meant for us alone. The files are 0600 anyhow.
  if (isNew) chmodSync(path, 0o700);
}

async function claim(path: string): Promise<void> {
  try {
    writeFileSync(runningFile(path), JSON.stringify({ pid: process.pid }), { mode: 0o600, flag: 'wx' });
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const other = readRunning(path);
  if (other !== undefined && (await isThere(other))) {
    const where = other.url === undefined ? '' : ` at ${other.url}`;
    const message = `a console already runs on ${path} (process ${other.pid})${where}`;
    throw new ConsoleError('CONSOLE_ALREADY_RUNNING', message, {
      remedy: 'Use that one, stop it, or give this one a folder of its own with --data-dir.',
    });
  }
  writeRunning(path, { pid: process.pid });
}

function readRunning(path: string): RunningConsole | undefined {
  try {
    const value = JSON.parse(readFileSync(runningFile(path), 'utf8')) as Partial<RunningConsole>;
    if (typeof value.pid !== 'number') return undefined;
    return { pid: value.pid, ...(typeof value.url === 'string' ? { url: value.url } : {}) };
  } catch {
    return undefined;
  }
}

/** By renaming, so that nobody reads half a file. */
function writeRunning(path: string, content: object): void {
  const draft = `${runningFile(path)}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
  renameSync(draft, runningFile(path));
}

/**
 * Whether that console still runs. Process ids come back, in containers soon; so one that said where it listens must
 * also be listening there.
 */
async function isThere({ pid, url }: RunningConsole): Promise<boolean> {
  if (pid === process.pid || !isAlive(pid)) return false;
  return url === undefined || listens(url);
}

function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect({
    host: hostname.replaceAll(/[[\]]/g, ''),
    port: Number(port || 80),
    timeout: probeMs,
  });
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('timeout', () => resolve(false));
  }).finally(() => socket.destroy());
}

/** The secret of a file; made when the file is not there, and only its owner can read it afterwards. */
function secretIn(file: string): string {
  try {
    const secret = randomSecret();
    writeFileSync(file, secret, { mode: 0o600, flag: 'wx' });
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  chmodSync(file, 0o600);
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length >= 16) return secret;
  throw new ConsoleError('CONSOLE_BAD_REQUEST', `${file} holds no secret of at least 16 characters`, {
    remedy: 'Delete the file and start again; a new one is made.',
  });
}
