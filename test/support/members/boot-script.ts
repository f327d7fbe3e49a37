/** A release of Erlang or Elixir named `shop`, as far as a node is concerned: the boot script of its applications. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ErlangCluster } from '../erlang/erlang-cluster.ts';
import { findInstallation, type OtpRelease } from '../erlang/erlang-release.ts';

/** Makes a boot script for a release of these applications, and returns its path without the ending. */
export async function bootScript(
  context: TestContext,
  { release, elixir }: { readonly release: OtpRelease; readonly elixir: boolean },
): Promise<string> {
  const root = findInstallation(release)?.root ?? '';
  const folder = mkdtempSync(join(root === '' ? tmpdir() : join(root, 'tmp'), 'convoy-release-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const inRoot = folder.slice(root.length);
  await using cluster = await ErlangCluster.start({ cookie: 'maker', release });
  const maker = await cluster.erlang('maker');
  const applications = elixir ? '[kernel, stdlib, compiler, elixir, logger]' : '[kernel, stdlib, sasl]';
  const rel = await maker.eval(`
    true = code:add_pathsa(filelib:wildcard("/usr/lib/elixir/lib/*/ebin")) =:= ok,
    Version = fun(A) -> application:load(A), {ok, V} = application:get_key(A, vsn), {A, V} end,
    {release, {"shop", "1.2.3"}, {erts, erlang:system_info(version)}, [Version(A) || A <- ${applications}]}`);
  writeFileSync(join(folder, 'shop.rel'), `${rel}.\n`);
  const made = await maker.eval(
    `systools:make_script("${inRoot}/shop", [silent, local, no_warn_sasl, {path, code:get_path()}, {outdir, "${inRoot}"}])`,
  );
  assert.match(made, /^(ok|\{ok,)/);
  return `${inRoot}/shop`;
}
