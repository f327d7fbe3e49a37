/** The port of the node. */

import { EpmdClient } from '@convoy/node/epmd';
import { freePort } from '../../../support/free-port.ts';
import { layCable, Namespace } from '../../../support/network/namespaces.ts';
import { relayIn } from '../relay-in.ts';
import type { Lab } from '../lab.ts';
import type { StagedKind } from '../staged-fault.ts';

const onLoopback = ['-kernel', 'inet_dist_use_interface', '{127,0,0,1}'];
const refusedPort = 'EPMD has port <port> for <node>, but <address> refuses connections to it';

/** The port of a node of the lab. */
async function portOf(lab: Lab, name: string): Promise<number> {
  const found = await new EpmdClient({ port: lab.cluster.epmdPort }).lookup(name);
  return found?.port ?? 0;
}

export const ports: StagedKind = {
  kind: 'The port of the node',
  faults: [
    {
      staging: 'a given port that is closed, on this machine',
      code: 'PORT_CLOSED',
      sentence: 'nothing listens on port <port>, where <node> should be',
      isSample: true,
      stage: async (lab) => lab.examine(`${lab.name()}@127.0.0.1`, { port: await freePort() }),
    },
    {
      staging: 'a given port that is closed, on another host',
      code: 'PORT_CLOSED',
      sentence: '<address> refuses connections to port 4242, where <node> should be',
      possible: 3,
      needs: 'namespaces',
      stage: (lab) => lab.examineFar(`app@${lab.host().address}`, { port: 4242 }),
    },
    {
      staging: 'an entry in EPMD whose port is closed, on this machine',
      code: 'EPMD_STALE',
      sentence: 'EPMD has port <port> for <node>, but nothing listens there',
      possible: 2,
      isSample: true,
      stage: async (lab) => {
        const name = lab.name('ghost');
        await lab.register(name, await freePort());
        return lab.examine(`${name}@127.0.0.1`);
      },
    },
    {
      staging: 'a node of another host that listens on its loopback address only',
      code: 'PORT_CLOSED',
      sentence: refusedPort,
      possible: 3,
      needs: 'namespaces',
      isSample: true,
      stage: async (lab) => {
        const host = lab.host();
        await lab.epmdOn(host);
        const { name } = await lab.nodeOn(host, { args: onLoopback });
        return lab.examineFar(name);
      },
    },
    {
      staging: 'a node of this machine that listens on its loopback address only',
      code: 'PORT_LOOPBACK',
      sentence: '<node> listens on 127.0.0.1 only, not on <address>',
      needs: 'namespaces',
      isSample: true,
      stage: async (lab) => {
        const { here } = lab.host();
        const { name } = await lab.cluster.erlang(`${lab.name()}@${here}`, { args: onLoopback });
        return lab.examine(name);
      },
    },
    {
      staging: 'a container that publishes the port of EPMD and not that of the node',
      code: 'PORT_CLOSED',
      sentence: refusedPort,
      possible: 3,
      needs: 'namespaces',
      stage: async (lab) => {
        // The host is what runs containers: it relays one port to a container, in a network of its own.
        const host = lab.host();
        const container = lab.use(new Namespace());
        const { far } = layCable(host.namespace, container);
        await lab.epmdOn({ namespace: container });
        const { name } = await lab.nodeOn({ namespace: container, address: host.address });
        lab.use(await relayIn(host.namespace, { port: 4369, to: far }));
        return lab.examineFar(name);
      },
    },
    {
      staging: 'a web server at the port of the node',
      code: 'NOT_A_NODE',
      sentence:
        'the program that listens on port <port> of 127.0.0.1, where <node> should be, is a web server',
      isSample: true,
      stage: async (lab) => {
        const port = await lab.program((socket) => {
          socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
        });
        return lab.examine('app@127.0.0.1', { port });
      },
    },
    {
      staging: 'an SSH server at the port of the node',
      code: 'NOT_A_NODE',
      sentence:
        'the program that listens on port <port> of 127.0.0.1, where <node> should be, is an SSH server',
      needs: 'sshd',
      stage: async (lab) => lab.examine('app@127.0.0.1', { port: (await lab.sshServer()).port }),
    },
    {
      staging: 'a proxy at the port of the node, with nothing behind it',
      code: 'PORT_NO_BACKEND',
      sentence:
        'what accepts connections at port <port> of 127.0.0.1, where <node> should be, closes them without a word',
      possible: 4,
      isSample: true,
      stage: async (lab) =>
        lab.examine('app@127.0.0.1', { port: await lab.program((socket) => void socket.destroy()) }),
    },
    {
      staging: 'a program at the port of the node that does not answer',
      code: 'NODE_SILENT',
      sentence: 'something accepts connections where <node> should be, but does not answer',
      possible: 3,
      stage: async (lab) => lab.examineSilent('app@127.0.0.1', { port: await lab.program(() => undefined) }),
    },
    {
      staging: 'a suspended node',
      code: 'NODE_SILENT',
      sentence: 'something accepts connections where <node> should be, but does not answer',
      possible: 3,
      isSample: true,
      stage: async (lab) => {
        const node = await lab.cluster.erlang(lab.name());
        process.kill(node.osPid, 'SIGSTOP');
        try {
          return await lab.examineSilent(node.name);
        } finally {
          process.kill(node.osPid, 'SIGCONT');
        }
      },
    },
    {
      staging: 'another node at the port',
      code: 'WRONG_NODE',
      sentence: 'another node listens on the port of <node>: <node>',
      isSample: true,
      stage: async (lab) => {
        const name = lab.name();
        await lab.cluster.erlang(name);
        const twin = lab.name('twin');
        await lab.register(twin, await portOf(lab, name));
        return lab.examine(`${twin}@127.0.0.1`);
      },
    },
  ],
};
