/** A TypeScript bench peer as a process of its own: `node bench/ts-peer-process.ts NAME`, the cookie on standard input. */

import { startNode } from '@convoy/node';
import { installBenchPeer } from './peer.ts';

const [name = ''] = process.argv.slice(2);
let cookie = '';
for await (const chunk of process.stdin) cookie += String(chunk);
const node = await startNode({ name, cookie: cookie.trim(), epmd: 'system' });
installBenchPeer(node);
console.log('ready');
process.once('SIGTERM', () => void node.close());
await node.closed;
process.exit(0);
