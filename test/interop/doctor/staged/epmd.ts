/** EPMD, and what is registered there. */

import { freePort } from '../../../support/free-port.ts';
import { startTestEpmd } from '../../../support/erlang/test-epmd.ts';
import type { StagedKind } from '../staged-fault.ts';

const unregistered = '<name> is not registered in EPMD at <address>, port <port>';
const refused = '<address> refuses connections to port 4369, the port of EPMD';

export const epmd: StagedKind = {
  kind: 'EPMD',
  faults: [
    {
      staging: 'no EPMD on this machine',
      code: 'EPMD_DOWN',
      sentence: 'EPMD is not running at 127.0.0.1, port <port>',
      isSample: true,
      stage: async (lab) => lab.examine(`${lab.name()}@127.0.0.1`, { epmdPort: await freePort() }),
    },
    {
      staging: 'no EPMD on another host',
      code: 'EPMD_DOWN',
      sentence: refused,
      possible: 4,
      needs: 'namespaces',
      stage: (lab) => lab.examineFar(`app@${lab.host().address}`),
    },
    {
      staging: 'EPMD of another host on its loopback address only (ERL_EPMD_ADDRESS)',
      code: 'EPMD_DOWN',
      sentence: refused,
      possible: 4,
      needs: 'namespaces',
      isSample: true,
      stage: async (lab) => {
        const host = lab.host();
        await lab.epmdOn(host, { ERL_EPMD_ADDRESS: '127.0.0.1' });
        const { name } = await lab.nodeOn(host);
        return lab.examineFar(name);
      },
    },
    {
      staging: 'EPMD of this machine on its loopback address only',
      code: 'EPMD_LOOPBACK',
      sentence: 'EPMD listens on 127.0.0.1 only, not on <address>',
      needs: 'namespaces',
      isSample: true,
      stage: async (lab) => {
        const epmdPort = await lab.program(() => undefined);
        return lab.examine(`app@${lab.host().here}`, { epmdPort });
      },
    },
    {
      staging: 'an EPMD on another port, on this machine',
      code: 'EPMD_OTHER_PORT',
      sentence: '<node> runs, and is registered with the EPMD at port <port>, not <port>',
      isSample: true,
      stage: async (lab) => {
        const second = lab.use(await startTestEpmd());
        const { name } = await lab.cluster.erlang(lab.name());
        return lab.examine(name, { epmdPort: second.port });
      },
    },
    {
      staging: 'an EPMD on another port, and none where it is asked for, on this machine',
      code: 'EPMD_OTHER_PORT',
      sentence: '<node> runs, and is registered with the EPMD at port <port>, not <port>',
      stage: async (lab) => {
        const { name } = await lab.cluster.erlang(lab.name());
        return lab.examine(name, { epmdPort: await freePort() });
      },
    },
    {
      staging: 'an EPMD on another port, on another host',
      code: 'EPMD_DOWN',
      sentence: '<address> refuses connections to port 4370, the port of EPMD',
      possible: 4,
      needs: 'namespaces',
      stage: async (lab) => {
        const host = lab.host();
        await lab.epmdOn(host);
        const { name } = await lab.nodeOn(host);
        return lab.examine(name, { epmdPort: 4370 });
      },
    },
    {
      staging: 'a node that is down, on this machine',
      code: 'EPMD_NAME_UNKNOWN',
      sentence: `${unregistered}, and no process there was started as <node>`,
      isSample: true,
      stage: (lab) => lab.examine(`${lab.name()}@127.0.0.1`),
    },
    {
      staging: 'a node that is down, on another host',
      code: 'EPMD_NAME_UNKNOWN',
      sentence: unregistered,
      possible: 3,
      needs: 'namespaces',
      stage: async (lab) => {
        const host = lab.host();
        await lab.epmdOn(host);
        return lab.examineFar(`app@${host.address}`);
      },
    },
    {
      staging: '`-dist_listen false`, on this machine',
      code: 'NOT_LISTENING',
      sentence: '<node> runs with `-dist_listen false`: it connects to others, and nothing can connect to it',
      isSample: true,
      stage: async (lab) => {
        const { name } = await lab.cluster.erlang(lab.name(), { args: ['-dist_listen', 'false'] });
        return lab.examine(name);
      },
    },
    {
      staging: '`-dist_listen false`, on another host',
      code: 'EPMD_NAME_UNKNOWN',
      sentence: unregistered,
      possible: 3,
      needs: 'namespaces',
      stage: async (lab) => {
        const host = lab.host();
        await lab.epmdOn(host);
        const { name } = await lab.nodeOn(host, { args: ['-dist_listen', 'false'] });
        return lab.examineFar(name);
      },
    },
    {
      staging: 'an EPMD that accepts connections and does not answer',
      code: 'EPMD_SILENT',
      sentence: 'what accepts connections at port <port> of 127.0.0.1 does not answer as EPMD does',
      possible: 3,
      stage: async (lab) =>
        lab.examineSilent('app@127.0.0.1', { epmdPort: await lab.program(() => undefined) }),
    },
    {
      staging: 'a web server at the port of EPMD',
      code: 'EPMD_DOWN',
      sentence: 'the program that answers at port <port> of 127.0.0.1 is not EPMD',
      stage: async (lab) => {
        const epmdPort = await lab.program((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
        return lab.examine('app@127.0.0.1', { epmdPort });
      },
    },
    {
      staging: 'a proxy at the port of EPMD, with nothing behind it',
      code: 'EPMD_NO_BACKEND',
      sentence: 'what accepts connections at port <port> of 127.0.0.1, the port of EPMD, closes them at once',
      possible: 3,
      isSample: true,
      stage: async (lab) =>
        lab.examine('app@127.0.0.1', { epmdPort: await lab.program((socket) => void socket.destroy()) }),
    },
  ],
};
