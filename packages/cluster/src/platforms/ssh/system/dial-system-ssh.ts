/**
 * Connects with the system's `ssh`, for features that the library lacks, such as hardware keys, ProxyCommand, host
 * certificates, Kerberos, and the newest key exchanges. It runs in BatchMode without prompts: passphrases are left to the
 * agent, and `options.passphrase` and `options.password` are not called. Not available on Windows, whose OpenSSH cannot share
 * connections.
 */

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { anySignal } from '@convoy/node/async';
import { SshError } from '../../../errors.ts';
import type { SshConnection, SshOptions, SshTarget } from '../connection/ssh-connection.ts';
import { loginTimeout } from '../connection/ssh-failures.ts';
import { formatSshHop, formatSshTarget } from '../connection/ssh-target.ts';
import { ControlMaster, missingSsh } from './control-master.ts';
import { masterArguments, masterConfig } from './master-config.ts';
import { SystemSshConnection } from './system-connection.ts';
import { explainSystemSsh } from './system-failures.ts';

/**
 * Connects with the system's `ssh`; see `SshDialer`. `StrictHostKeyChecking` in the configuration is ignored: new keys are
 * accepted only with `acceptNewHostKey`.
 */
export async function dialSystemSsh(target: SshTarget, options: SshOptions = {}): Promise<SshConnection> {
  options.signal?.throwIfAborted();
  if (process.platform === 'win32') throw unsupported();
  await checkFiles(options);
  const hop = formatSshHop(target.hops.at(-1) ?? target.hops[0]);
  const expired = AbortSignal.timeout((options.connectTimeoutMs ?? 10_000) * target.hops.length);
  const signal = anySignal(options.signal, expired);
  const master = await ControlMaster.start({
    config: masterConfig(options, homedir()),
    variables: options.variables,
    commandLine: (paths) => masterArguments(target, paths),
  });
  try {
    const isReady = await master.ready(signal);
    if (!isReady) throw missingSsh(master.log) ?? explainSystemSsh(master.log, target);
    return await SystemSshConnection.open(master, { name: formatSshTarget(target), hop, signal });
  } catch (error) {
    await master.stop();
    options.signal?.throwIfAborted();
    throw expired.aborted ? loginTimeout(hop) : asSshError(error, hop);
  }
}

/** `ssh` skips missing files silently; a file that the caller selected must be readable. */
async function checkFiles({ identityFiles = [], configFile }: SshOptions): Promise<void> {
  for (const file of identityFiles) {
    await access(expandHome(file), constants.R_OK).catch((cause: Error) => {
      throw new SshError('SSH_KEY_UNUSABLE', `the private key ${file} cannot be used: ${cause.message}`, {
        remedy: 'Check its path and its permissions.',
        cause,
      });
    });
  }
  if (configFile === undefined || configFile === false) return;
  await access(expandHome(configFile), constants.R_OK).catch((cause: unknown) => {
    throw new SshError('SSH_BAD_CONFIG', `${configFile} cannot be read`, {
      remedy: 'Check its path and its permissions.',
      cause,
    });
  });
}

function expandHome(file: string): string {
  return file.replace(/^~(?=\/|$)/, homedir());
}

function asSshError(error: unknown, hop: string): SshError {
  if (error instanceof SshError) return error;
  return new SshError('SSH_PROTOCOL', `ssh is logged in to ${hop} but does not share its connection`, {
    hop,
    remedy: 'Install OpenSSH 7.4 or later, or use the built-in SSH client.',
    cause: error,
  });
}

function unsupported(): SshError {
  return new SshError('SSH_BAD_CONFIG', 'the system’s ssh cannot share a connection on Windows', {
    remedy: 'Use the built-in SSH client.',
  });
}
