/**
 * Somebody who has installed the packages and runs programs with them, on a Node.js or another runtime of a test's choice, in a folder of
 * their own. `await using` ends what still runs and removes the folder.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { endProcess, ProcessOutput } from '../child-process.ts';
import { installedProject, strangersEnvironment } from './prepared.ts';
import { commandOf, type Runtime } from './runtimes.ts';

/** A program of theirs. */
export interface StrangersProgram {
  readonly child: ChildProcess;
  readonly output: ProcessOutput;
  /** Everything it printed and its exit code, when it has ended. */
  ended(): Promise<{ readonly text: string; readonly code: number | null }>;
}

export interface ProgramOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** What it is given on standard input. Default: nothing, closed at once. */
  readonly input?: string;
}

export class Stranger implements AsyncDisposable {
  readonly runtime: Runtime;
  /** Their project, and their home. */
  readonly folder: string;
  readonly #programs: ChildProcess[] = [];

  private constructor(runtime: Runtime, folder: string) {
    this.runtime = runtime;
    this.folder = folder;
  }

  static async on(runtime: Runtime): Promise<Stranger> {
    const project = await installedProject();
    // Not beside the packages: Node.js does not strip the types of files in a node_modules folder.
    const folder = mkdtempSync(join(tmpdir(), 'convoy-stranger-'));
    cpSync(join(project, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
    return new Stranger(runtime, folder);
  }

  /** Writes a file into their folder, and returns its path. */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** The command line of the installed command. */
  get convoy(): readonly string[] {
    return [...commandOf(this.runtime), join(this.folder, 'node_modules/.bin/convoy')];
  }

  /** Starts a script with the runtime, in their folder. */
  run(words: readonly string[], options: ProgramOptions = {}): StrangersProgram {
    return this.#start([...commandOf(this.runtime), ...words], options);
  }

  /** Starts the installed command. */
  runConvoy(words: readonly string[], options: ProgramOptions = {}): StrangersProgram {
    return this.#start([...this.convoy, ...words], options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#programs.map((child) => endProcess(child, 'SIGTERM')));
    rmSync(this.folder, { recursive: true, force: true });
  }

  #start([file = '', ...args]: readonly string[], { env, input }: ProgramOptions): StrangersProgram {
    // For `#!/usr/bin/env node`, and for the command of the console's own nodes.
    const path = [dirname(file), join(this.folder, 'node_modules/.bin'), process.env['PATH']];
    const child = spawn(file, args, {
      cwd: this.folder,
      env: { ...strangersEnvironment(), HOME: this.folder, PATH: path.join(delimiter), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#programs.push(child);
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    const output = new ProcessOutput(child, `${this.runtime.name}: ${args.join(' ')}`);
    const ended = async (): Promise<{ text: string; code: number | null }> => {
      await output.closed;
      return { text: output.text, code: child.exitCode };
    };
    return { child, output, ended };
  }
}
