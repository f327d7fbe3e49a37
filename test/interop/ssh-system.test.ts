/** SSH with a real sshd, by the system's `ssh`: the common suite, and what only this dialer does. */
import { dialSystemSsh } from '@convoy/cluster';
import { testSshDialer } from '../conformance/ssh-connection.ts';

testSshDialer(dialSystemSsh, 'the system’s ssh');
