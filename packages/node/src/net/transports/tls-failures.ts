/**
 * Why TLS between two nodes failed, in words for people: OpenSSL's and Node's codes as `ConnectionError`s with what
 * usually fixes it. Codes of alerts differ between versions of OpenSSL in their prefix only, so only the end counts. Says
 * nothing of keys.
 */
import { ConnectionError, type ConnectionErrorCode } from '../../errors.ts';

/** Who could not be talked to, and how far it came. */
export interface TlsAttempt {
  /** The node that was dialled, or the address of the stranger who dialled us. */
  readonly who: string;
  readonly peer: string | undefined;
  readonly direction: 'in' | 'out';
  /** Whether the other side had agreed to a version and a cipher. */
  readonly isAgreed: boolean;
}

interface Explanation {
  readonly code: ConnectionErrorCode;
  readonly text: string;
  readonly remedy: string;
}

const notSpoken: Record<'in' | 'out', Explanation> = {
  out: {
    code: 'CONNECTION_TLS_NOT_SPOKEN',
    text: 'does not speak TLS: it is a node of plain TCP, or something else has the port',
    remedy: 'Start that node with -proto_dist inet_tls, or use a transport without TLS here.',
  },
  in: {
    code: 'CONNECTION_TLS_NOT_SPOKEN',
    text: 'does not speak TLS, which this node demands: it is a node of plain TCP, a port scan or a health check',
    remedy: 'If it is a node, start it with -proto_dist inet_tls.',
  },
};
const noCommonVersion: Explanation = {
  code: 'CONNECTION_TLS_NO_COMMON_VERSION',
  text:
    'and this node have no TLS version or cipher in common: Erlang up to OTP 27 speaks 1.2 only unless `versions` among ' +
    'its options says more',
  remedy: 'Allow TLS 1.2 and 1.3 on both sides; here that is `versions`.',
};
const untrusted: Record<'in' | 'out', Explanation> = {
  out: {
    code: 'CONNECTION_TLS_UNTRUSTED',
    text: 'has a certificate that the CA of this node did not sign',
    remedy: 'Use one CA for the cluster, or add theirs to `ca`.',
  },
  in: {
    code: 'CONNECTION_TLS_UNTRUSTED',
    text: 'came with a certificate that the CA of this node did not sign',
    remedy: 'Use one CA for the cluster, or add theirs to `ca`.',
  },
};
const expired: Explanation = {
  code: 'CONNECTION_TLS_EXPIRED',
  text: 'has a certificate that is no longer, or not yet, valid',
  remedy: 'Issue a new one; if it should be valid, compare the clocks of both machines.',
};
const wrongHost: Explanation = {
  code: 'CONNECTION_TLS_WRONG_HOST',
  text:
    'has a certificate for other hosts: the host part of the node name must be among the subject alternative names (as ' +
    'IP address, where it is one)',
  remedy: 'Issue a certificate for that host, or dial the node by a name the certificate is for.',
};
const wanted: Record<'in' | 'out', Explanation> = {
  out: {
    code: 'CONNECTION_TLS_CERTIFICATE_WANTED',
    text: 'demands a certificate of this node',
    remedy: 'Set `cert` and `key` to a certificate that the CA of the cluster signed.',
  },
  in: {
    code: 'CONNECTION_TLS_CERTIFICATE_WANTED',
    text: 'came without a certificate, which this node demands',
    remedy: 'Add certfile and keyfile to the client options of that node.',
  },
};
const refusedByPeer: Explanation = {
  code: 'CONNECTION_TLS_CERTIFICATE_REFUSED',
  text:
    'refuses the certificate of this node: it may be signed by a CA that the other side does not have, be expired, or ' +
    'not be for the host part of the name of this node',
  remedy:
    'Have the certificate signed by a CA that the other side trusts, for the host part of the name of this node.',
};

const trustCodes =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_SIGNATURE_FAILURE|CERT_CHAIN_TOO_LONG|CERT_REVOKED|CERT_UNTRUSTED|CERT_REJECTED|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$/;
const plainCodes =
  /^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|HTTPS_PROXY_REQUEST|UNEXPECTED_MESSAGE|BAD_RECORD_TYPE|RECORD_LAYER_FAILURE|RECORD_TOO_SMALL|NOT_SSL_RECORD\w*|INVALID_\w*RECORD\w*)$/;
const versionCodes =
  /^ERR_SSL_(?:UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|NO_SHARED_CIPHER|NO_SHARED_GROUPS?|NO_SUITABLE_\w+|NO_PROTOCOLS_AVAILABLE|INAPPROPRIATE_FALLBACK)$/;
const refusingAlerts =
  /ALERT_(?:BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|UNKNOWN_CA|ACCESS_DENIED)$/;
/** Not an answer at all: closed, or silent for the time we give it. */
const silentCodes = new Set(['ECONNRESET', 'EPIPE', 'ERR_TLS_HANDSHAKE_TIMEOUT']);

/**
 * What ended a stream that was set up. With TLS 1.3 the other side looks at our certificate only then; whatever else
 * happens to a stream has nothing to do with TLS and stays as it is.
 */
export function explainLateTlsError(error: Error, attempt: TlsAttempt): Error {
  const code = 'code' in error ? String(error.code) : '';
  const isRefusal = refusingAlerts.test(code) || code.endsWith('ALERT_CERTIFICATE_REQUIRED');
  return isRefusal ? explainTlsError(error, attempt) : error;
}

/** What failed while TLS was being set up. */
export function explainTlsError(error: Error, attempt: TlsAttempt): ConnectionError {
  const code = 'code' in error ? String(error.code) : '';
  const { direction, peer, who } = attempt;
  const known = explanationOf(code, attempt);
  if (known !== undefined) {
    const { remedy } = known;
    return new ConnectionError(known.code, `${who} ${known.text} (${code})`, { peer, remedy, cause: error });
  }
  const verb = direction === 'out' ? 'TLS with' : 'TLS asked for by';
  return new ConnectionError(
    'CONNECTION_TLS_FAILED',
    `${verb} ${who} failed: ${error.message}; compare the TLS options of both nodes`,
    { peer, cause: error },
  );
}

function explanationOf(code: string, { direction, isAgreed }: TlsAttempt): Explanation | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') return wrongHost;
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return expired;
  if (trustCodes.test(code)) return untrusted[direction];
  if (plainCodes.test(code)) return notSpoken[direction];
  if (versionCodes.test(code) || /ALERT_(?:PROTOCOL_VERSION|INSUFFICIENT_SECURITY)$/.test(code)) {
    return noCommonVersion;
  }
  if (code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE' || code.endsWith('ALERT_CERTIFICATE_REQUIRED')) {
    return wanted[direction];
  }
  if (refusingAlerts.test(code)) return refusedByPeer;
  if (code.endsWith('ALERT_HANDSHAKE_FAILURE')) {
    // One alert for several things. After the agreement it is certificates: a server misses ours, a client of OTP finds
    // that ours is for another host.
    if (!isAgreed) return noCommonVersion;
    return direction === 'out' ? wanted.out : refusedByPeer;
  }
  return silentCodes.has(code) ? notSpoken[direction] : undefined;
}
