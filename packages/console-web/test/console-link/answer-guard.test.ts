import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMismatch } from '../../src/console-link/answer-guard.ts';

const host = { id: 'a', name: 'ssh://ops@db1', state: 'up', steps: [], capabilities: [], nodes: [] };

test('takes answers as the console gives them', () => {
  assert.equal(findMismatch('POST /api/hosts', host), undefined);
  assert.equal(findMismatch('GET /api/hosts', [host, { ...host, newField: 1 }]), undefined);
  assert.equal(findMismatch('DELETE /api/hosts/:id', undefined), undefined);
});

test('says what an answer of another version lacks', () => {
  assert.equal(findMismatch('GET /api/hosts', undefined), 'it is not a list');
  assert.equal(findMismatch('GET /api/hosts', { hosts: [] }), 'it is not a list');
  assert.equal(findMismatch('POST /api/hosts', null), 'it is not an object');
  const { nodes: _nodes, ...older } = host;
  assert.equal(findMismatch('GET /api/hosts', [host, older]), 'its field nodes is not of the kind array');
});
