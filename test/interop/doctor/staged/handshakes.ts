/** Handshakes: cookies, names, TLS. */

import { createTcpTransport, createTlsTransport } from '@convoy/node';
import { Flag, listenForPeers } from '@convoy/node/connection';
import { TestAuthority } from '../../../support/certificates.ts';
import { cookie } from '../assert-fault.ts';
import type { Lab } from '../lab.ts';
import type { StagedKind } from '../staged-fault.ts';

/** A node that requires TLS, and the authority that it trusts. */
async function tlsNode(
  lab: Lab,
  hosts?: readonly string[],
): Promise<{ name: string; authority: TestAuthority }> {
  const authority = lab.use(await TestAuthority.create());
  const certificate = await authority.issue(hosts === undefined ? {} : { hosts: [...hosts] });
  const args = ['-proto_dist', 'inet_tls', ...authority.emulatorArgs(lab.release, { certificate })];
  const { name } = await lab.cluster.erlang(lab.name('safe'), { args });
  return { name, authority };
}

const otherCookie = '<node> has a different cookie than the one used here';

export const handshakes: StagedKind = {
  kind: 'Handshakes',
  faults: [
    {
      staging: 'another cookie in ~/.erlang.cookie of the node',
      code: 'COOKIE',
      sentence: otherCookie,
      isSample: true,
      stage: async (lab) => lab.examine((await lab.cluster.erlang(lab.name(), { cookie: 'theirs' })).name),
    },
    {
      staging: 'another cookie in the arguments of the node (-setcookie)',
      code: 'COOKIE',
      sentence: otherCookie,
      stage: async (lab) =>
        lab.examine((await lab.cluster.erlang(lab.name(), { args: ['-setcookie', 'theirs'] })).name),
    },
    {
      staging: 'another cookie that the node has set while it runs',
      code: 'COOKIE',
      sentence: otherCookie,
      stage: async (lab) => {
        const node = await lab.cluster.erlang(lab.name());
        await node.eval("erlang:set_cookie(node(), 'theirs')");
        return lab.examine(node.name);
      },
    },
    {
      staging: 'a node that accepts certain nodes only (net_kernel:allow/1)',
      code: 'NOT_ALLOWED',
      sentence: '<node> accepts only certain nodes, and this one is not among them',
      isSample: true,
      stage: async (lab) => {
        const strict = await lab.cluster.erlang(lab.name('strict'));
        await strict.eval("net_kernel:allow(['friend@127.0.0.1'])");
        return lab.examine(strict.name);
      },
    },
    {
      staging: 'a node that is too old',
      code: 'MISSING_FLAGS',
      sentence: '<node> and this node have no version of the distribution protocol in common',
      stage: async (lab) => {
        const name = 'ancient@127.0.0.1';
        const listener = await listenForPeers({
          self: { name, creation: 9, cookie, hidden: false, flags: Flag.EXTENDED_REFERENCES },
          transport: createTcpTransport(),
          listen: { host: '127.0.0.1' },
          decide: () => 'ok',
          onConnection: (connection) => connection.close(),
        });
        lab.use({ [Symbol.asyncDispose]: () => listener.close() });
        return lab.examine(name, { port: listener.port });
      },
    },
    {
      staging: 'the name of another node that is connected',
      code: 'NAME_TAKEN',
      sentence: '<node> is already connected to a node with the name used here',
      possible: 2,
      isSample: true,
      stage: async (lab) => {
        const [node, other] = [
          await lab.cluster.erlang(lab.name()),
          await lab.cluster.erlang(lab.name('dup')),
        ];
        await other.eval(`net_adm:ping('${node.name}')`);
        return lab.examine(node.name, { name: other.name });
      },
    },
    {
      staging: 'an old connection that holds the name: its node was suspended',
      code: 'NAME_TAKEN',
      sentence: '<node> is already connected to a node with the name used here',
      possible: 2,
      stage: async (lab) => {
        const [node, other] = [
          await lab.cluster.erlang(lab.name()),
          await lab.cluster.erlang(lab.name('old')),
        ];
        await other.eval(`net_adm:ping('${node.name}')`);
        process.kill(other.osPid, 'SIGSTOP');
        try {
          return await lab.examine(node.name, { name: other.name });
        } finally {
          process.kill(other.osPid, 'SIGCONT');
        }
      },
    },
    {
      staging: 'TLS here only',
      code: 'CONNECTION_TLS_NOT_SPOKEN',
      sentence: '<node> uses plain TCP, but this connection uses TLS',
      isSample: true,
      stage: async (lab) => {
        const authority = lab.use(await TestAuthority.create());
        const { cert, key } = await authority.issue();
        const { name } = await lab.cluster.erlang(lab.name());
        return lab.examine(name, { transport: createTlsTransport({ ca: authority.ca, cert, key }) });
      },
    },
    {
      staging: 'TLS on the node only',
      code: 'CONNECTION_TLS_REQUIRED',
      sentence: '<node> uses TLS, but this node does not',
      isSample: true,
      stage: async (lab) => lab.examine((await tlsNode(lab)).name),
    },
    {
      staging: 'a certificate for another host',
      code: 'CONNECTION_TLS_WRONG_HOST',
      sentence: '*',
      stage: async (lab) => {
        const { name, authority } = await tlsNode(lab, ['other.example']);
        const { cert, key } = await authority.issue();
        return lab.examine(name, { transport: createTlsTransport({ ca: authority.ca, cert, key }) });
      },
    },
    {
      staging: 'a certificate of an authority that is not trusted here',
      code: 'CONNECTION_TLS_UNTRUSTED',
      sentence: '*',
      stage: async (lab) => {
        const { name } = await tlsNode(lab);
        const other = lab.use(await TestAuthority.create());
        return lab.examine(name, { transport: createTlsTransport({ ca: other.ca }) });
      },
    },
  ],
};
