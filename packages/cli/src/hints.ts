/**
 * Which flag or command does what the remedy of an error asks for. The packages below speak of their options; what
 * those are called on the command line is known here only. Pure.
 */

const hostKey = 'log in once with ssh, or pass --accept-new-host-key.';

const hints: Readonly<Record<string, string>> = {
  CALL_UNSUPPORTED: 'convoy shell NODE opens the shell of a node of its own kind.',
  CONNECTION_NAME_UNKNOWN: 'convoy nodes lists the names that an EPMD knows (--host HOST, --via ssh://HOST).',
  CONNECTION_UNREACHABLE: '--proto inet6 for IPv6, --via ssh://user@host through SSH.',
  CONNECTION_TIMEOUT: '--via ssh://user@host connects through SSH.',
  CONNECTION_WRONG_OWNER: '--owner USER allows that user.',
  CONNECTION_TLS_REQUIRED: '--proto tls with --tls-ca FILE, --tls-cert FILE and --tls-key FILE.',
  CONNECTION_TLS_NOT_SPOKEN: 'leave out --proto tls.',
  CONNECTION_TLS_NO_COMMON_VERSION: '--tls-versions 1.2,1.3',
  CONNECTION_TLS_UNTRUSTED: '--tls-ca FILE, which may hold several certificates.',
  CONNECTION_TLS_CERTIFICATE_WANTED: '--tls-cert FILE and --tls-key FILE.',
  CONNECTION_TLS_CERTIFICATE_REFUSED: '--tls-cert FILE and --tls-key FILE.',
  EPMD_UNREACHABLE: 'convoy epmd runs one; --epmd embedded brings one with the node.',
  HANDSHAKE_COOKIE_MISMATCH: '--cookie-file FILE, or CONVOY_COOKIE in the environment.',
  HOST_NO_COOKIE: '--cookie-file FILE, or --read-cookie for the one in ~/.erlang.cookie of its owner there.',
  HOST_WRONG_OWNER: '--owner USER allows that user; --read-cookie takes the cookie of the owner.',
  PROVIDER_LIMIT: 'convoy stop NODE removes one; convoy up --node-limit N allows more.',
  SSH_AUTH_REFUSED: '--identity FILE names the key.',
  SSH_HOST_KEY_UNKNOWN: hostKey,
  SSH_KEY_UNUSABLE: '--identity FILE names another key.',
};

/** A sentence for the error with `code`; `undefined` where its remedy says all. */
export function hintFor(code: string): string | undefined {
  return hints[code];
}
