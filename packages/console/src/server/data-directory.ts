/**
 * The console's data directory: cookie, token and the key of saved sessions, each in a 0600 file that is kept across
 * restarts, and `console.json`, which tells the command where the console listens. Nothing in it is changed before the lock is held (directory-lock.ts).
 */

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { randomSecret } from '../auth/secrets.ts';
import { ConsoleError } from '../errors.ts';
import { fileProblem } from '../file-problem.ts';
import { replaceFile } from '../replace-file.ts';
import { lockDirectory } from './directory-lock.ts';
import { runningFile, writeRunningConsole } from './running-console.ts';

/** The locked data directory of a running console. */
export class DataDirectory {
  readonly path: string;
  readonly cookie: string;
  readonly token: string;
  /** The key without which saved sessions are worthless, and its file. */
  readonly sessionKey: { readonly value: string; readonly file: string };
  readonly #unlock: () => void;

  /** Locks and opens the folder. Throws CONSOLE_ALREADY_RUNNING if another console uses it, or the error of the file system. */
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
    const keyFile = join(path, 'session-key');
    this.sessionKey = { value: usableSecretIn(keyFile), file: keyFile };
  }

  /** The parent folder of the folders of launched nodes. */
  get nodesFolder(): string {
    return join(this.path, 'nodes');
  }

  /** Path of the audit log. */
  get auditFile(): string {
    return join(this.path, 'audit.jsonl');
  }

  /** The folder of what is entered in shells. `convoy shell` uses it too. */
  get historyFolder(): string {
    return join(this.path, 'history');
  }

  /** The folder of the logs of nodes. */
  get logsFolder(): string {
    return join(this.path, 'logs');
  }

  /** Writes for the command where the console listens. */
  announce(url: string): void {
    writeRunningConsole(this.path, { url, token: this.token });
  }

  /** Removes `console.json` and unlocks the folder. */
  release(): void {
    rmSync(runningFile(this.path), { force: true });
    this.#unlock();
  }
}

/** Creates the folder, for its owner only. */
export function makePrivate(path: string): void {
  const isNew = !existsSync(path) || readdirSync(path).length === 0;
  makeFolders(path);
  // A folder with other content keeps its mode, because it may serve other purposes. The files are 0600 in any case.
  if (isNew) chmodSync(path, 0o700);
}

/** Creates folders one by one: on a read-only disk the recursive form reports only that there is no such folder. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

function usableSecretIn(file: string): string {
  try {
    return secretIn(file);
  } catch (error) {
    // The system's error does not always name the file.
    throw fileProblem(error, file);
  }
}

/** The secret in a file, which is created if necessary and set to mode 0600. */
function secretIn(file: string): string {
  if (!existsSync(file)) return newSecretIn(file);
  const secret = readFileSync(file, 'utf8').trim();
  chmodSync(file, 0o600);
  if (secret.length >= 16) return secret;
  throw new ConsoleError('CONSOLE_BAD_REQUEST', `the secret in ${file} is shorter than 16 characters`, {
    remedy: 'Delete the file and restart the console, which creates a new one.',
  });
}

/** Writes a new secret. On a full disk, no empty file is left behind. */
function newSecretIn(file: string): string {
  const secret = randomSecret();
  replaceFile(file, secret);
  return secret;
}
