/**
 * Records docs/images/first-minute.svg, and its last frame as first-minute-still.svg: the first minute of a team with a cluster, from npm to a shell on one of its nodes.
 * `node --conditions=@convoy/source scripts/record-session.ts`. Everything in it is real: three Elixir and Erlang nodes that run
 * already, the packages as they would be published, and a terminal in which somebody types. Only the token in the link of the console
 * is hidden, and long waits are cut. Needs Erlang, Elixir and `script`.
 */

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import headless from '@xterm/headless';
import { pause } from '@convoy/node/async';
import { installedProject } from '../test/support/packed/prepared.ts';
import { ErlangCluster } from '../test/support/erlang/erlang-cluster.ts';
import { eventually } from '../test/support/eventually.ts';
import { freePort } from '../test/support/free-port.ts';
import { endProcess, endWithUs } from '../test/support/child-process.ts';
import { filmOf, stillOf } from './recording/film.ts';
import { runningNodes, type Scene, scenes, size, title } from './recording/scenes.ts';
import { type Frame, isSame, readFrame } from './recording/screen.ts';

const folder = fileURLToPath(new URL('../docs/images', import.meta.url));
const mostBytes = 200_000;
const cookie = 'cookie-of-the-shop';
/** Waiting that is longer is cut, because nothing can be seen in it. */
const longestPauseMs = 1200;
const keyMs = 45;

/** A terminal in which somebody types, and everything that it showed. */
class Recording {
  readonly frames: Frame[] = [];
  readonly #terminal = new headless.Terminal({ ...size, allowProposedApi: true });
  readonly #child: ChildProcess;
  #text = '';
  #lastMs = 0;
  #seconds = 0;

  constructor(folder: string, env: NodeJS.ProcessEnv) {
    const line = `stty cols ${size.cols} rows ${size.rows}; exec bash --norc --noprofile -i`;
    this.#child = spawn('script', ['-qfec', line, '/dev/null'], {
      cwd: folder,
      env: { ...env, TERM: 'xterm-256color', PS1: '\\[\\e[32m\\]$\\[\\e[0m\\] ' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    endWithUs(this.#child);
    this.#child.stdout?.on('data', (data: Buffer) => {
      this.#text += data.toString('utf8');
      this.#terminal.write(data, () => this.#shoot());
    });
  }

  /** The end of what was printed, without colours. */
  get tail(): string {
    return this.#text.slice(-4000).replaceAll(/\u001b\[[\d;?]*[A-Za-z]|\u001b\][^\u0007]*\u0007|\r/g, '');
  }

  async play({ line, until, readMs = 500 }: Scene): Promise<void> {
    for (const key of `${line}\r`) {
      this.#child.stdin?.write(key);
      await pause(keyMs);
    }
    // Until then only what was typed may be there.
    await pause(200);
    const what = (): string => `the end of ${line}; the terminal shows\n${this.tail}`;
    await eventually(what, 60_000, () => until.test(this.tail));
    this.#seconds += readMs / 1000;
  }

  async end(): Promise<void> {
    await endProcess(this.#child);
  }

  #shoot(): void {
    const now = performance.now();
    if (this.#lastMs > 0) this.#seconds += Math.min(now - this.#lastMs, longestPauseMs) / 1000;
    this.#lastMs = now;
    const frame = readFrame(this.#terminal.buffer.active, { ...size, at: this.#seconds });
    const last = this.frames.at(-1);
    if (last === undefined || !isSame(last, frame)) this.frames.push(frame);
  }
}

/** Plays all scenes in a home folder with the cookie of the cluster. Resolves with the film and its last frame. */
async function record(home: string, epmdPort: number): Promise<readonly [string, string]> {
  writeFileSync(join(home, '.erlang.cookie'), cookie, { mode: 0o400 });
  const env = {
    PATH: process.env['PATH'],
    LANG: 'C.UTF-8',
    HOME: home,
    ERL_EPMD_PORT: String(epmdPort),
    CONVOY_PORT: String(await freePort()),
  };
  const recording = new Recording(await installedProject(), env);
  try {
    await eventually('a prompt', 30_000, () => recording.tail.endsWith('$ '));
    for (const scene of scenes) await recording.play(scene);
  } finally {
    await recording.end();
    // The console closes when its terminal does, and still writes to the folder meanwhile.
    await eventually('the console to end', 30_000, () => !existsSync(join(home, '.convoy/console.json')));
  }
  const options = { ...size, title, lastSeconds: 5 };
  const film = filmOf(recording.frames, options);
  const token = readFileSync(join(home, '.convoy/token'), 'utf8').trim();
  for (const secret of [token, cookie, home]) assert.ok(!film.includes(secret), 'the film shows a secret');
  const seconds = (recording.frames.at(-1)?.at ?? 0).toFixed(0);
  console.log(`${recording.frames.length} frames, ${seconds} s, ${film.length} bytes`);
  return [film, stillOf(recording.frames, options)];
}

await using cluster = await ErlangCluster.start({ cookie });
const [one, two, three] = runningNodes;
const first = await cluster.erlang(one, { kind: 'elixir' });
await cluster.erlang(two, { kind: 'elixir' });
await cluster.erlang(three);
for (const name of [two, three]) await first.eval(`Node.connect(:"${name}@127.0.0.1")`);
const home = mkdtempSync(join(tmpdir(), 'convoy-recording-'));
try {
  const [film, still] = await record(home, cluster.epmdPort);
  assert.ok(film.length < mostBytes, `${film.length} bytes are more than ${mostBytes}`);
  writeFileSync(join(folder, 'first-minute.svg'), film);
  writeFileSync(join(folder, 'first-minute-still.svg'), still);
} finally {
  rmSync(home, { recursive: true, force: true });
}
