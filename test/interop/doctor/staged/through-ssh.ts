/** Through SSH, with real sshds. */

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePort } from '../../../support/free-port.ts';
import type { StagedKind } from '../staged-fault.ts';

export const throughSsh: StagedKind = {
  kind: 'Through SSH',
  faults: [
    {
      staging: 'a host key that has changed',
      code: 'SSH_HOST_KEY_CHANGED',
      sentence: '*',
      needs: 'sshd',
      stage: async (lab) => {
        const server = await lab.sshServer();
        server.changeHostKey();
        await server.restart();
        return lab.examineVia(server, 'app@db1');
      },
    },
    {
      staging: 'a key that is not accepted',
      code: 'SSH_AUTH_REFUSED',
      sentence: '*',
      possible: 3,
      needs: 'sshd',
      isSample: true,
      stage: async (lab) => {
        const [server, other] = [await lab.sshServer(), await lab.sshServer()];
        return lab.examineVia(server, 'app@db1', { ssh: { identityFiles: [other.identityFile] } });
      },
    },
    {
      staging: 'a server that forbids forwarding (AllowTcpForwarding no)',
      code: 'SSH_FORWARD_FORBIDDEN',
      sentence: '<hop> does not allow forwarding to 127.0.0.1:4369',
      possible: 2,
      needs: 'sshd',
      isSample: true,
      stage: async (lab) =>
        lab.examineVia(await lab.sshServer({ config: ['AllowTcpForwarding no'] }), 'app@db1'),
    },
    {
      staging: 'a key that authorized_keys allows to run commands only (restrict)',
      code: 'SSH_FORWARD_FORBIDDEN',
      sentence: '<hop> does not allow forwarding to 127.0.0.1:4369',
      possible: 2,
      needs: 'sshd',
      stage: async (lab) => {
        const server = await lab.sshServer();
        const file = join(dirname(server.identityFile), 'authorized_keys');
        writeFileSync(file, `restrict ${readFileSync(`${server.identityFile}.pub`, 'utf8')}`, {
          mode: 0o600,
        });
        return lab.examineVia(server, 'app@db1');
      },
    },
    {
      staging: 'a program that is not an SSH server at the port of SSH',
      code: 'SSH_CLOSED',
      sentence: '<hop> closed the connection before the login was complete',
      needs: 'sshd',
      stage: async (lab) => {
        const server = await lab.sshServer();
        const port = await lab.program((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
        return lab.examineVia(server, 'app@db1', { target: `root@127.0.0.1:${port}` });
      },
    },
    {
      staging: 'a second hop that the first does not resolve',
      code: 'SSH_UNREACHABLE',
      sentence: '<hop> cannot be reached from the hop before it',
      possible: 3,
      isSample: true,
      needs: 'sshd',
      stage: async (lab) => {
        const server = await lab.sshServer();
        return lab.examineVia(server, 'app@db1', { target: `${server.target},root@nowhere.invalid` });
      },
    },
    {
      staging: 'no EPMD on the host',
      code: 'EPMD_DOWN',
      sentence: 'EPMD is not running at 127.0.0.1 behind <tunnel>, port <port>',
      needs: 'sshd',
      isSample: true,
      stage: async (lab) =>
        lab.examineVia(await lab.sshServer(), `${lab.name()}@db1`, { epmdPort: await freePort() }),
    },
    {
      staging: 'an EPMD on another port of the host',
      code: 'EPMD_OTHER_PORT',
      sentence: '<node> runs, and is registered with the EPMD at port <port>, not <port>',
      needs: 'sshd',
      isSample: true,
      stage: async (lab) => {
        const { name } = await lab.cluster.erlang(`${lab.name()}@db1`);
        return lab.examineVia(await lab.sshServer(), name, { epmdPort: await freePort() });
      },
    },
    {
      staging: 'a node of the host that is down',
      code: 'EPMD_NAME_UNKNOWN',
      sentence:
        '<name> is not registered in EPMD at 127.0.0.1 behind <tunnel>, port <port>, and no process there was started as <node>',
      needs: 'sshd',
      stage: async (lab) =>
        lab.examineVia(await lab.sshServer(), `${lab.name()}@db1`, { epmdPort: lab.cluster.epmdPort }),
    },
    {
      staging: '`-dist_listen false` on the host',
      code: 'NOT_LISTENING',
      sentence: '<node> runs with `-dist_listen false`: it connects to others, and nothing can connect to it',
      needs: 'sshd',
      stage: async (lab) => {
        const { name } = await lab.cluster.erlang(`${lab.name()}@db1`, { args: ['-dist_listen', 'false'] });
        return lab.examineVia(await lab.sshServer(), name, { epmdPort: lab.cluster.epmdPort });
      },
    },
    {
      staging: 'another cookie on the host',
      code: 'COOKIE',
      sentence: '<node> has a different cookie than the one used here',
      needs: 'sshd',
      stage: async (lab) => {
        const { name } = await lab.cluster.erlang(`${lab.name()}@db1`, { cookie: 'theirs' });
        return lab.examineVia(await lab.sshServer(), name, { epmdPort: lab.cluster.epmdPort });
      },
    },
  ],
};
