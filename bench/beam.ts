/** Real BEAM nodes for the benches: compiled bench module, own EPMD, the cookie in a private home folder. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const benchFolder = dirname(fileURLToPath(import.meta.url));

/** A folder with the compiled bench module and the cookie; every node of one run shares it. */
export interface BenchHome extends Disposable {
  readonly folder: string;
  readonly cookie: string;
  readonly epmdPort: number;
}

export function makeBenchHome(epmdPort: number): BenchHome {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-bench-'));
  const cookie = Buffer.from(crypto.getRandomValues(new Uint8Array(12))).toString('hex');
  writeFileSync(join(folder, '.erlang.cookie'), cookie, { mode: 0o600 });
  const compiled = spawnSync('erlc', ['-o', folder, join(benchFolder, 'convoy_bench.erl')], {
    encoding: 'utf8',
  });
  if (compiled.status !== 0) throw new Error(`erlc failed: ${compiled.stdout}${compiled.stderr}`);
  return {
    folder,
    cookie,
    epmdPort,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface BeamNode extends AsyncDisposable {
  readonly name: string;
  readonly process: ChildProcess;
}

/** Starts `erl` as `name` and waits until it is a node. */
export async function startBeam(home: BenchHome, name: string): Promise<BeamNode> {
  const ready = 'ok = convoy_bench:start(), io:format("ready~n").';
  const args = ['-noinput', '-start_epmd', 'false', '-name', name, '-pa', home.folder, '-eval', ready];
  const child = spawn('erl', args, {
    env: { ...process.env, HOME: home.folder, ERL_EPMD_PORT: String(home.epmdPort) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return {
    name,
    process: child,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
