/** What TLS between nodes is set up with, and the checks of it. No I/O: certificates come as their text. */
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { NodeError } from '../../errors.ts';

export type TlsVersion = '1.2' | '1.3';

export interface TlsOptions {
  /** PEM, the certificate of this node first, then intermediate ones. To listen, and where peers demand one, to dial. */
  readonly cert?: string | Uint8Array;
  /** PEM, the private key of `cert`. */
  readonly key?: string | Uint8Array;
  /** Of `key`, where it is encrypted. */
  readonly passphrase?: string | undefined;
  /** PEM, the certificates of those who sign for the cluster. `verify: 'peer'` needs it. */
  readonly ca?: string | Uint8Array;
  /**
   * `peer`, the default: both sides must have a certificate of `ca`. `none` checks nobody: only the cookie tells who may
   * come in, and whoever is in between can read along.
   */
  readonly verify?: 'peer' | 'none';
  /**
   * Whether the certificate of a node that is dialled must be for the host part of its name, as OTP demands. Default
   * true with `verify: 'peer'`.
   */
  readonly checkHost?: boolean;
  /** Default both. Erlang speaks 1.2 only by default, up to OTP 27. */
  readonly versions?: readonly TlsVersion[];
}

/** The options, checked. */
export interface TlsSettings {
  readonly context: SecureContext;
  readonly contextOptions: SecureContextOptions;
  readonly hasCertificate: boolean;
  readonly verify: 'peer' | 'none';
  readonly checkHost: boolean;
}

/** Throws `NodeError` NODE_BAD_TLS. Nothing of a key is in its message. */
export function settleTlsOptions(options: TlsOptions): TlsSettings {
  const { ca, cert, key, passphrase, verify = 'peer' } = options;
  if ((cert === undefined) !== (key === undefined)) {
    throw bad(
      'a certificate needs its key, and a key its certificate',
      'Set both `cert` and `key`, or neither.',
    );
  }
  if (verify !== 'peer' && verify !== 'none')
    throw bad(`verify "${String(verify)}" is neither peer nor none`);
  if (verify === 'peer' && ca === undefined) {
    throw bad(
      'certificates cannot be checked without a CA',
      'Set `ca`, or set `verify` to "none" to trust every certificate.',
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
    throw new NodeError('NODE_BAD_TLS', `the certificate, its key or the CA cannot be used (${code})`, {
      cause,
      remedy: 'Give them as PEM, and the key that belongs to the certificate.',
    });
  }
}

function versionRange(versions: readonly TlsVersion[]): SecureContextOptions {
  const [first, ...rest] = [...new Set(versions)].toSorted();
  const last = rest.at(-1) ?? first;
  if (first === undefined || last === undefined || !versions.every((one) => one === '1.2' || one === '1.3')) {
    throw bad(`TLS versions "${versions.join(', ')}" are not 1.2, 1.3 or both`);
  }
  return { minVersion: `TLSv${first}`, maxVersion: `TLSv${last}` };
}

function toPem(text: string | Uint8Array): string | Buffer {
  return typeof text === 'string' ? text : Buffer.from(text);
}

function bad(message: string, remedy?: string): NodeError {
  return new NodeError('NODE_BAD_TLS', message, { remedy });
}
