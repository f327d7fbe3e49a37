/** The files and scripts that the container image is built from. Building the image itself needs a container engine. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const lines = readFileSync('Dockerfile', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const ignored = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .filter((line) => line !== '');
const rows = (instruction: string): string[] =>
  lines
    .filter((line) => line.startsWith(`${instruction} `))
    .map((line) => line.slice(instruction.length + 1));

test('copied files exist and are in the build context', () => {
  const sources = rows('COPY').flatMap((row) => row.replace('--from=build ', '').split(' ').slice(0, -1));
  const made = new Set(['node_modules']);
  for (const source of sources) {
    const path = source.replace(/^\/src\/?/, '');
    if (path === '.' || made.has(path)) continue;
    assert.ok(existsSync(path), `${path} is copied`);
    assert.ok(!ignored.includes(path), `${path} is not ignored`);
  }
});

test('its scripts are those of the workspace, and build nothing that is excluded', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  for (const [, name = ''] of rows('RUN')
    .join('\n')
    .matchAll(/npm run (\S+)/g)) {
    assert.ok(scripts[name] !== undefined, `there is a script ${name}`);
    const file = /node (\S+\.ts)/.exec(scripts[name])?.[1];
    assert.ok(file === undefined || existsSync(file));
  }
  for (const folder of ['packages', 'scripts', 'tools']) assert.ok(!ignored.includes(folder));
});

test('it runs the command as an unprivileged user, and passes signals on', () => {
  const { bin } = JSON.parse(readFileSync('packages/cli/package.json', 'utf8')) as {
    bin: { convoy: string };
  };
  const target = `/app/packages/cli/${bin.convoy.replace(/^\.\//, '')}`;
  assert.ok(rows('RUN').some((row) => row.includes(`ln -s ${target} /usr/local/bin/convoy`)));
  assert.deepEqual(rows('USER'), ['node']);
  // In the form of a list there is no shell between the container's signals and the node.
  assert.deepEqual(rows('ENTRYPOINT'), ['["convoy"]']);
  assert.match(rows('HEALTHCHECK').join(''), /CMD \["convoy", "ping"/);
});

test('its Node version is supported by the packages, and the same in every stage', () => {
  const { engines } = JSON.parse(readFileSync('packages/cli/package.json', 'utf8')) as {
    engines: { node: string };
  };
  const least = Number(/\d+/.exec(engines.node)?.[0]);
  const bases = rows('FROM').map((row) => row.split(' ')[0]);
  assert.equal(new Set(bases).size, 1);
  assert.ok(Number(/^node:(\d+)-slim$/.exec(bases[0] ?? '')?.[1]) >= least);
});
