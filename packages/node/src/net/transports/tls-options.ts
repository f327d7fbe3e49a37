/** The TLS options of a node, and their checks. No I/O: certificates are given as text. */

import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { NodeError } from '../../errors.ts';

/** A TLS version. */
export type TlsVersion = '1.2' | '1.3';

/** Certificates and checks for TLS between nodes. */
export interface TlsOptions {
  /**
   * The certificate of this node, followed by intermediate ones, in PEM. Required to listen, and to dial peers that
   * require a certificate.
   */
  readonly cert?: string | Uint8Array | undefined;
  /** The private key of `cert`, in PEM. */
  readonly key?: string | Uint8Array | undefined;
  /** The passphrase of `key`, if it is encrypted. */
  readonly passphrase?: string | undefined;
  /** The CA certificates of the cluster, in PEM. Required by `verify: 'peer'`. */
  readonly ca?: string | Uint8Array | undefined;
  /**
   * `peer`, the default: both sides must have a certificate signed by `ca`. `none`: certificates are not checked; only the
   * cookie decides which nodes may connect, and a man in the middle can read everything.
   */
  readonly verify?: 'peer' | 'none';
  /**
   * Whether the certificate of a dialled node must be valid for the host part of its name, as OTP requires. Default: true
   * with `verify: 'peer'`.
   */
  readonly checkHost?: boolean;
  /** Accepted TLS versions. Default: both. Erlang uses only 1.2 by default, up to OTP 27. */
  readonly versions?: readonly TlsVersion[] | undefined;
}

/** The checked options. */
export interface TlsSettings {
  readonly context: SecureContext;
  readonly contextOptions: SecureContextOptions;
  readonly hasCertificate: boolean;
  readonly verify: 'peer' | 'none';
  readonly checkHost: boolean;
}

/** Checks the options. Throws `NodeError` NODE_BAD_TLS; its message never contains a key. */
export function resolveTlsOptions(options: TlsOptions): TlsSettings {
  const { ca, cert, key, passphrase, verify = 'peer' } = options;
  if ((cert === undefined) !== (key === undefined)) {
    throw bad('`cert` and `key` belong together, but only one of them is set', 'Set both, or neither.');
  }
  if (verify !== 'peer' && verify !== 'none')
    throw bad(`verify is "${String(verify)}"; it must be "peer" or "none"`);
  if (verify === 'peer' && ca === undefined) {
    throw bad(
      'certificates cannot be checked without a CA',
      'Set `ca`, or set `verify` to "none" to accept any certificate.',
    );
  }
  const contextOptions: SecureContextOptions = {
    ...versionRange(options.versions ?? ['1.2', '1.3']),
    ...(ca === undefined ? {} : { ca: toPem(ca) }),
    ...(cert === undefined || key === undefined ? {} : { cert: toPem(cert), key: toPem(key) }),
    passphrase,
  };
  return {
    context: createContext(contextOptions),
    contextOptions,
    hasCertificate: cert !== undefined,
    verify,
    checkHost: options.checkHost ?? verify === 'peer',
  };
}

function createContext(options: SecureContextOptions): SecureContext {
  try {
    return createSecureContext(options);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new NodeError('NODE_BAD_TLS', `the certificate, its key or the CA is not usable (${code})`, {
      cause,
      remedy: 'Use PEM for all of them, and the key that belongs to the certificate.',
    });
  }
}

function versionRange(versions: readonly TlsVersion[]): SecureContextOptions {
  const [first, ...rest] = [...new Set(versions)].toSorted();
  const last = rest.at(-1) ?? first;
  if (first === undefined || last === undefined || !versions.every((one) => one === '1.2' || one === '1.3')) {
    throw bad(`versions is "${versions.join(', ')}"`, 'Set `versions` to 1.2, 1.3 or both.');
  }
  return { minVersion: `TLSv${first}`, maxVersion: `TLSv${last}` };
}

function toPem(text: string | Uint8Array): string | Buffer {
  return typeof text === 'string' ? text : Buffer.from(text);
}

function bad(message: string, remedy?: string): NodeError {
  return new NodeError('NODE_BAD_TLS', message, { remedy });
}
