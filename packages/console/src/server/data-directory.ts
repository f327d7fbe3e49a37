/**
 * The console's folder: its cookie and token, each in a 0600 file and kept over restarts, and `console.json`, which says
 * to the command where the console runs. Nothing in it is touched before the lock is ours (directory-lock.ts).
 */

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { randomSecret } from '../auth/secrets.ts';
import { ConsoleError } from '../errors.ts';
import { fileProblem } from '../file-problem.ts';
import { replaceFile } from '../replace-file.ts';
import { lockDirectory } from './directory-lock.ts';
import { runningFile, writeRunningConsole } from './running-console.ts';

export class DataDirectory {
  readonly path: string;
  readonly cookie: string;
  readonly token: string;
  readonly #unlock: () => void;

  /** Takes the folder over. Throws CONSOLE_ALREADY_RUNNING when another console has it, or the system's error. */
  static open(path: string): DataDirectory {
    makePrivate(path);
    const unlock = lockDirectory(path);
    try {
      return new DataDirectory(path, unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  }

  private constructor(path: string, unlock: () => void) {
    this.path = path;
    this.#unlock = unlock;
    rmSync(runningFile(path), { force: true });
    this.cookie = usableSecretIn(join(path, 'cookie'));
    this.token = usableSecretIn(join(path, 'token'));
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
    writeRunningConsole(this.path, { url, token: this.token });
  }

  release(): void {
    rmSync(runningFile(this.path), { force: true });
    this.#unlock();
  }
}

function makePrivate(path: string): void {
  const isNew = !existsSync(path) || readdirSync(path).length === 0;
  makeFolders(path);
  // A folder that holds other things keeps its mode: it may not be meant for us alone. The files are 0600 anyhow.
  if (isNew) chmodSync(path, 0o700);
}

/** One by one: on a read-only disk the recursive form says only that there is no such folder. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

function usableSecretIn(file: string): string {
  try {
    return secretIn(file);
  } catch (error) {
    // The system does not say which file it could not read.
    throw fileProblem(error, file);
  }
}

/** The secret of a file; made when the file is not there, and only its owner can read it afterwards. */
function secretIn(file: string): string {
  if (!existsSync(file)) return newSecretIn(file);
  const secret = readFileSync(file, 'utf8').trim();
  chmodSync(file, 0o600);
  if (secret.length >= 16) return secret;
  throw new ConsoleError('CONSOLE_BAD_REQUEST', `${file} holds no secret of at least 16 characters`, {
    remedy: 'Delete the file and start again; a new one is made.',
  });
}

/** On a full disk no empty file is left in its place. */
function newSecretIn(file: string): string {
  const secret = randomSecret();
  replaceFile(file, secret);
  return secret;
}
