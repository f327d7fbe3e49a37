/**
 * Repeatedly records what users of this machine can see of processes and files: the argument lists and environments of all
 * processes, and the files in some folders. Afterwards it reports the places where secrets must not be; secrets that are created
 * during the test can be added later.
 */

import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface SeenProcess {
  readonly pid: number;
  /** Its arguments, joined by spaces. */
  readonly command: string;
  readonly environment: readonly string[];
}

export interface SeenFile {
  readonly path: string;
  readonly text: string;
  /** Whether other users can read it. */
  readonly isOpen: boolean;
}

export interface Secret {
  readonly name: string;
  readonly value: string;
  /** Whether a process may have it in its environment. Default: no process may. */
  readonly mayKnow?: (process: SeenProcess) => boolean;
  /** Whether a file that only its owner can read may contain it. Default: no file may. */
  readonly mayHold?: (path: string) => boolean;
}

const pauseMs = 10;
/** Files change less often than processes come and go. */
const passesPerFileScan = 10;
const maxFileBytes = 1024 * 1024;
const maxRecords = 20_000;

export class SecretScanner implements AsyncDisposable {
  /** The recorded states, each once. */
  readonly processes = new Map<string, SeenProcess>();
  readonly files = new Map<string, SeenFile>();
  readonly #folders: readonly string[];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  passes = 0;

  /** Starts immediately, with the files in these folders and their sub-folders. */
  constructor(folders: readonly string[]) {
    this.#folders = folders;
    this.#running = this.#run();
  }

  /** The places where `secrets` must not be but were, one line each. */
  findings(secrets: readonly Secret[]): string[] {
    const found = secrets.flatMap((secret) => [
      ...[...this.processes.values()].flatMap((one) => inProcess(secret, one)),
      ...[...this.files.values()].flatMap((one) => inFile(secret, one)),
    ]);
    return [...new Set(found)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (; !signal.aborted; this.passes += 1) {
      this.#scanProcesses();
      if (this.passes % passesPerFileScan === 0) this.scanFiles();
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
    this.scanFiles();
  }

  #scanProcesses(): void {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      // The arguments show whether a process has become another program.
      const command = readIfThere(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? '';
      const key = `${pid} ${command}`;
      if (command === '' || this.processes.has(key) || this.processes.size >= maxRecords) continue;
      const environment = readIfThere(`/proc/${pid}/environ`)?.split('\0') ?? [];
      this.processes.set(key, { pid: Number(pid), command, environment });
    }
  }

  /** One pass; also runs periodically. */
  scanFiles(): void {
    for (const folder of this.#folders) for (const path of filesIn(folder)) this.#scanFile(path);
  }

  #scanFile(path: string): void {
    const status = statusOf(path);
    if (status === undefined || !status.isFile() || this.files.size >= maxRecords) return;
    const isOpen = isReadableByOthers(path);
    const state = `${path} ${isOpen} ${status.ino} ${status.size} ${status.mtimeMs}`;
    const key = createHash('sha256').update(state).digest('hex');
    if (this.files.has(key)) return;
    const text = status.size > maxFileBytes ? undefined : readIfThere(path);
    if (text !== undefined) this.files.set(key, { path, text, isOpen });
  }
}

function inProcess(secret: Secret, process: SeenProcess): string[] {
  const { pid, command, environment } = process;
  const who = `process ${pid} (${command.replaceAll(secret.value, '***').slice(0, 200)})`;
  const found: string[] = [];
  if (command.includes(secret.value)) found.push(`${secret.name} is in the arguments of ${who}`);
  const line = environment.find((one) => one.includes(secret.value));
  if (line === undefined || secret.mayKnow?.(process) === true) return found;
  return [...found, `${secret.name} is in ${line.split('=')[0]} of the environment of ${who}`];
}

function inFile(secret: Secret, { path, text, isOpen }: SeenFile): string[] {
  if (!text.includes(secret.value)) return [];
  if (secret.mayHold?.(path) !== true) return [`${secret.name} is in the file ${path}`];
  return isOpen ? [`${secret.name} is in ${path}, which others can read`] : [];
}

function isReadableByOthers(path: string): boolean {
  if ((modeOf(path) & 0o044) === 0) return false;
  for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) {
    if ((modeOf(folder) & 0o011) === 0) return false;
  }
  return true;
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesIn(path) : [path];
    });
  } catch {
    return [];
  }
}

function statusOf(path: string): ReturnType<typeof lstatSync> | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function modeOf(path: string): number {
  return Number(statusOf(path)?.mode ?? 0);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // It has ended or been removed, or belongs to another user.
    return undefined;
  }
}
