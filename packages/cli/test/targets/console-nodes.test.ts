/** Nodes by what a user calls them. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CliError } from '../../src/errors.ts';
import { findNode, type NamedNode, splitNodeId } from '../../src/targets/console-nodes.ts';

const node = (cluster: string, name: string): NamedNode => {
  const id = cluster === 'local' ? name : `${cluster}:${name}`;
  return { id, name, cluster, origin: cluster === 'local' ? 'launched' : 'member' };
};

/** A node of another console with the same store. */
function shared(name: string): NamedNode {
  return { id: `c1:${name}`, name, cluster: 'console:web-2:4000', origin: 'shared' };
}

const nodes = [
  node('local', 'ts-1@127.0.0.1'),
  node('local', 'app@127.0.0.1'),
  node('prod', 'app@10.0.0.5'),
  node('prod', 'web@10.0.0.6'),
  node('staging', 'app@10.0.0.5'),
  node('staging', 'app@127.0.0.1'),
  node('lab', 'v6@::1'),
  ...['ts-1@127.0.0.1', 'far@127.0.0.1'].map(shared),
];

const idOf = (text: string): string | undefined => findNode(nodes, text)?.id;

describe('a node of the console', () => {
  test('is called by its id, by a name that only it has, or by the part before the @', () => {
    assert.equal(idOf('prod:app@10.0.0.5'), 'prod:app@10.0.0.5');
    assert.equal(idOf('web@10.0.0.6'), 'prod:web@10.0.0.6');
    assert.equal(idOf('ts-1'), 'ts-1@127.0.0.1');
    assert.equal(idOf('web'), 'prod:web@10.0.0.6');
    assert.equal(idOf('prod:app'), 'prod:app@10.0.0.5');
    assert.equal(idOf('local:app'), 'app@127.0.0.1');
    assert.equal(idOf('v6@::1'), 'lab:v6@::1');
    assert.equal(idOf('far'), 'c1:far@127.0.0.1');
  });

  test('that is launched by the console is meant by its full name, which is its id', () => {
    assert.equal(idOf('app@127.0.0.1'), 'app@127.0.0.1');
  });

  test('with a name that several have is refused with the ids to choose from', () => {
    for (const [text, ids] of [
      ['app@10.0.0.5', 'prod:app@10.0.0.5, or staging:app@10.0.0.5'],
      ['staging:app', 'staging:app@10.0.0.5, or staging:app@127.0.0.1'],
    ] as const) {
      assert.throws(
        () => findNode(nodes, text),
        (error: CliError) =>
          error.code === 'CLI_AMBIGUOUS_NODE' && error.remedy === `Use the whole id: ${ids}.`,
      );
    }
  });

  test('that it does not have is left to the console if the name is whole, and refused otherwise', () => {
    assert.equal(idOf('gone@10.0.0.9'), undefined);
    assert.equal(idOf('prod:gone@10.0.0.9'), undefined);
    assert.throws(() => findNode(nodes, 'gone'), /the console has no node named gone/);
  });

  test('has a cluster in its id only before the @', () => {
    assert.deepEqual(splitNodeId('v6@fe80::1'), { cluster: undefined, name: 'v6@fe80::1' });
    assert.deepEqual(splitNodeId('lab:v6@::1'), { cluster: 'lab', name: 'v6@::1' });
  });
});
