/** What the console asks of nodes, and answers of a size that no honest node gives. */

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe } from 'node:test';
import { createMemoryNetwork, createStaticResolver, type Node, startNode } from '@convoy/node';
import { atom, type Term } from '@convoy/node/etf';
import { attack } from '../../../../test/support/attack.ts';
import { observeNode } from '../../src/nodes/node-rpc.ts';

describe('answers of a node to the console', () => {
  let asked: Node;
  let own: Node;

  beforeEach(async () => {
    const transport = createMemoryNetwork().transport();
    const common = { cookie: 'c', transport };
    asked = await startNode({ ...common, name: 'asked@memory.test', resolver: createStaticResolver({}) });
    const resolver = createStaticResolver({ [asked.name]: { host: 'memory', port: asked.port ?? 0 } });
    own = await startNode({ ...common, name: 'own@memory.test', resolver, hidden: true, isolated: true });
  });

  afterEach(async () => {
    await own.close();
    await asked.close();
  });

  const observe = (info: () => Term) => {
    asked.expose('convoy', { info });
    return observeNode(own, { name: asked.name, kind: 'typescript' }, 30_000);
  };

  attack(
    'Terms and frames',
    'of a hundred thousand reported peers, only the first few are read',
    async () => {
      const names = Array.from({ length: 100_000 }, (_, at) => atom(`n${at}@h`));
      const seen = await observe(() => ({ peers: names, versions: {} }));
      assert.equal(seen.peers.length, 5000);
    },
  );

  attack(
    'Terms and frames',
    'a version of several megabytes, as bytes or characters, is truncated',
    async () => {
      const long = 'v'.repeat(4_000_000);
      const versions = { node: long, convoy: Array.from({ length: 100_000 }, () => 0x76) };
      const seen = await observe(() => ({ peers: [], versions }));
      assert.equal(seen.version, `Node.js ${'v'.repeat(80)}, Convoy ${'v'.repeat(80)}`);
    },
  );
});
