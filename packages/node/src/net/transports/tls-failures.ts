/**
 * Explains why TLS between two nodes failed: converts the codes of OpenSSL and Node to `ConnectionError`s with what usually
 * fixes it. The codes of alerts differ between OpenSSL versions only in their prefix, so only their end is compared. The
 * messages never contain keys.
 */

import { ConnectionError, type ConnectionErrorCode } from '../../errors.ts';

/** The other side of a failed attempt, and how far it got. */
export interface TlsAttempt {
  /** The node that was dialled, or the address that dialled us. */
  readonly who: string;
  readonly peer: string | undefined;
  readonly direction: 'in' | 'out';
  /** Whether both sides had agreed on a version and a cipher. */
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
    text: 'does not use TLS: it is a node that uses plain TCP, or another program has the port',
    remedy: 'Start that node with -proto_dist inet_tls, or use a transport without TLS here.',
  },
  in: {
    code: 'CONNECTION_TLS_NOT_SPOKEN',
    text: 'does not use TLS, which this node requires: it is a node that uses plain TCP, a port scan or a health check',
    remedy: 'If it is a node, start it with -proto_dist inet_tls.',
  },
};
/** Nothing came that is not TLS either, so what the other side is remains a guess. */
const closed: Record<'in' | 'out', Explanation> = {
  out: {
    code: 'CONNECTION_TLS_NOT_SPOKEN',
    text: 'closed the connection during the TLS handshake: it may be a node that uses plain TCP, or another program',
    remedy: 'Start that node with -proto_dist inet_tls, or use a transport without TLS here.',
  },
  in: {
    code: 'CONNECTION_TLS_NOT_SPOKEN',
    text:
      'closed the connection during the TLS handshake: it may be a node that uses plain TCP, a port scan or a health ' +
      'check',
    remedy: 'If it is a node, start it with -proto_dist inet_tls.',
  },
};
const silent: Record<'in' | 'out', Explanation> = {
  out: {
    code: 'CONNECTION_TLS_NOT_SPOKEN',
    text:
      'did not complete the TLS handshake in time: it may be a node that uses plain TCP, another program, or too busy to ' +
      'answer',
    remedy:
      'Start that node with -proto_dist inet_tls, or use a transport without TLS here. If it uses TLS, allow more time.',
  },
  in: {
    code: 'CONNECTION_TLS_NOT_SPOKEN',
    text:
      'did not complete the TLS handshake in time: it may be a node that uses plain TCP, a port scan, a health check, or ' +
      'too busy to answer',
    remedy: 'If it is a node, start it with -proto_dist inet_tls.',
  },
};
const noCommonVersion: Explanation = {
  code: 'CONNECTION_TLS_NO_COMMON_VERSION',
  text:
    'and this node have no TLS version or cipher in common: Erlang up to OTP 27 uses only 1.2 unless its `versions` option ' +
    'includes more',
  remedy: 'Allow TLS 1.2 and 1.3 on both sides; here that is `versions`.',
};
const untrusted: Record<'in' | 'out', Explanation> = {
  out: {
    code: 'CONNECTION_TLS_UNTRUSTED',
    text: 'has a certificate that the CA of this node did not sign',
    remedy: 'Use one CA for the cluster, or add the CA of that node to `ca`.',
  },
  in: {
    code: 'CONNECTION_TLS_UNTRUSTED',
    text: 'presented a certificate that the CA of this node did not sign',
    remedy: 'Use one CA for the cluster, or add the CA of that node to `ca`.',
  },
};
const expired: Explanation = {
  code: 'CONNECTION_TLS_EXPIRED',
  text: 'has a certificate that is expired or not yet valid',
  remedy: 'Issue a new one; if it should be valid, compare the clocks of both machines.',
};
const wrongHost: Explanation = {
  code: 'CONNECTION_TLS_WRONG_HOST',
  text:
    'has a certificate for other hosts: the host part of the node name must be one of its subject alternative names (of ' +
    'type IP address if it is one)',
  remedy: 'Issue a certificate for that host, or dial a name that the certificate is valid for.',
};
const wanted: Record<'in' | 'out', Explanation> = {
  out: {
    code: 'CONNECTION_TLS_CERTIFICATE_WANTED',
    text: 'requires a certificate from this node',
    remedy: 'Set `cert` and `key` to a certificate that the CA of the cluster signed.',
  },
  in: {
    code: 'CONNECTION_TLS_CERTIFICATE_WANTED',
    text: 'presented no certificate, which this node requires',
    remedy: 'Add certfile and keyfile to the client options of that node.',
  },
};
const refusedByPeer: Explanation = {
  code: 'CONNECTION_TLS_CERTIFICATE_REFUSED',
  text:
    'refused the certificate of this node: it may be signed by a CA that the other side does not trust, be expired, or ' +
    "not be valid for the host part of this node's name",
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
const closedCodes = new Set(['ECONNRESET', 'EPIPE']);

/**
 * Explains the end of an established stream. With TLS 1.3 the other side checks our certificate only then; any other error
 * has nothing to do with TLS and is returned unchanged.
 */
export function explainLateTlsError(error: Error, attempt: TlsAttempt): Error {
  const code = 'code' in error ? String(error.code) : '';
  const isRefusal = refusingAlerts.test(code) || code.endsWith('ALERT_CERTIFICATE_REQUIRED');
  return isRefusal ? explainTlsError(error, attempt) : error;
}

/** Explains an error during the TLS handshake. */
export function explainTlsError(error: Error, attempt: TlsAttempt): ConnectionError {
  const code = 'code' in error ? String(error.code) : '';
  const { direction, peer, who } = attempt;
  const known = explanationOf(code, attempt);
  if (known !== undefined) {
    const { remedy } = known;
    return new ConnectionError(known.code, `${who} ${known.text} (${code})`, { peer, remedy, cause: error });
  }
  const verb = direction === 'out' ? 'TLS with' : 'TLS requested by';
  return new ConnectionError('CONNECTION_TLS_FAILED', `${verb} ${who} failed: ${error.message}`, {
    peer,
    remedy: 'Compare the TLS options of both nodes.',
    cause: error,
  });
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
    // One alert for several causes. After the agreement it is about certificates: a server requires ours, or an OTP client
    // found that ours is for another host.
    if (!isAgreed) return noCommonVersion;
    return direction === 'out' ? wanted.out : refusedByPeer;
  }
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return silent[direction];
  return closedCodes.has(code) ? closed[direction] : undefined;
}
