/** Where joining is offered. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NodeView } from '@convoy/console/protocol';
import { askedOf, peeringNote, peeringOf } from '../../../src/state/nodes/peering.ts';
import { nodeNamed } from '../../scenes.ts';

const web = nodeNamed('web@127.0.0.1', { peers: ['app@127.0.0.1'] });
const app = nodeNamed('app@127.0.0.1', { peers: ['web@127.0.0.1'] });
const store = nodeNamed('store@127.0.0.1');
const found = nodeNamed('found@10.0.0.7', { origin: 'discovered' });
const far = nodeNamed('far@db1', { provider: 'ssh://db1', cluster: 'ssh://db1' });
const attached = nodeNamed('own@db1', {
  origin: 'attached',
  provider: 'ssh://db1',
  cluster: 'ssh://db1 visitor-1@h',
});
const farFound = nodeNamed('found@db1', { origin: 'discovered', cluster: 'ssh://db1' });
const farFoundToo = nodeNamed('too@db1', { origin: 'discovered', cluster: 'ssh://db1' });
const all = [web, app, store, found, far, attached, farFound, farFoundToo];

function names(views: readonly NodeView[]): string[] {
  return views.map(({ name }) => name.replace(/@.*/, ''));
}

describe('joining', () => {
  test('is offered for nodes of the same cluster that are not connected yet', () => {
    assert.deepEqual(names(peeringOf(web, all).joinable), ['store', 'found']);
    assert.deepEqual(names(peeringOf(web, all).connected), ['app']);
  });

  test('is not offered across hosts or cookies', () => {
    assert.deepEqual(names(peeringOf(far, all).joinable), ['found', 'too']);
    assert.deepEqual(names(peeringOf(attached, all).joinable), []);
    assert.match(peeringNote(attached, all), /another place, have another cookie/);
  });

  test('is not offered between two nodes that the console cannot ask', () => {
    assert.deepEqual(names(peeringOf(farFound, all).joinable), ['far']);
    assert.deepEqual(names(peeringOf(found, all).joinable), ['web', 'app', 'store']);
  });

  test('is not offered for a node that is not up', () => {
    const down = nodeNamed('down@127.0.0.1', { status: 'unreachable' });
    assert.deepEqual(peeringOf(down, [...all, down]).joinable, []);
    assert.ok(!names(peeringOf(web, [...all, down]).joinable).includes('down'));
    assert.match(peeringNote(web, [web, down]), /No other node is up/);
  });

  test('is not offered between a long and a short name, unless a TypeScript node can be asked', () => {
    const own = { origin: 'attached', provider: 'ssh://db1', cluster: 'ssh://db1 visitor-1@h' } as const;
    const long = nodeNamed('long@db1.example', own);
    const typescript = nodeNamed('ts@db1.example', { ...own, kind: 'typescript' });
    const some = [attached, long, typescript];
    assert.deepEqual(names(peeringOf(attached, some).joinable), ['ts']);
    assert.deepEqual(names(peeringOf(long, some).joinable), ['ts']);
    assert.deepEqual(askedOf(attached, typescript), { asked: typescript.name, peer: attached.name });
    assert.match(peeringNote(attached, some), /names of the other form/);
    const connected = nodeNamed('own@db1', { ...own, peers: [long.name] });
    assert.deepEqual(names(peeringOf(connected, some).connected), ['long']);
  });

  test('asks the node that the console is connected to', () => {
    assert.deepEqual(askedOf(found, web), { asked: web.name, peer: found.name });
    assert.deepEqual(askedOf(web, store), { asked: web.name, peer: store.name });
    assert.deepEqual(askedOf(farFound, far), { asked: far.name, peer: farFound.name });
  });
});
