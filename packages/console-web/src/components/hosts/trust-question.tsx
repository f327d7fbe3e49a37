/** The key of an SSH host that the console does not know, and whether to trust it. The user compares it and decides. */

import type { HostKeyView, Problem } from '@convoy/console/protocol';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { showMessage } from '../../state/page/toasts.ts';
import { Glyph } from '../glyphs.tsx';
import { PlainText } from '../plain-text.tsx';

const typeNames: Readonly<Record<string, string>> = {
  'ssh-ed25519': 'ED25519',
  'ssh-rsa': 'RSA',
  'ssh-dss': 'DSA',
};

function typeNameOf(type: string): string {
  return typeNames[type] ?? (type.startsWith('ecdsa-') ? 'ECDSA' : type);
}

/** Where sshd keeps the public half of a key of this type. */
function keyFileOf(type: string): string {
  return `/etc/ssh/ssh_host_${typeNameOf(type).toLowerCase()}_key.pub`;
}

function Fingerprint({
  hostKey,
  labelId,
}: {
  readonly hostKey: HostKeyView;
  readonly labelId: string;
}): JSX.Element {
  const { fingerprint, type } = hostKey;
  const copy = (): void =>
    void navigator.clipboard?.writeText(fingerprint).then(() => showMessage('Copied the fingerprint'));
  return (
    <div class="fingerprint">
      <span id={labelId}>{typeNameOf(type)} key, fingerprint</span>
      <code aria-labelledby={labelId} data-testid="ssh-fingerprint">
        {fingerprint}
      </code>
      <button type="button" class="button" onClick={copy}>
        <Glyph name="copy" />
        Copy
      </button>
    </div>
  );
}

export function TrustQuestion(props: {
  readonly hostKey: HostKeyView;
  /** Called with the fingerprint that was shown, so that no other key is accepted. */
  readonly onTrust: (fingerprint: string) => void;
  readonly onRefuse: () => void;
}): JSX.Element {
  const { hostKey, onTrust, onRefuse } = props;
  const labelId = useId();
  return (
    <div class="form" data-testid="ssh-unknown-key">
      <p>
        <strong>{hostKey.hop}</strong> shows a key that the console does not know:
      </p>
      <Fingerprint hostKey={hostKey} labelId={labelId} />
      <p>
        Compare it with what this command prints on the host itself, or ask its administrator:{' '}
        <code>ssh-keygen -lf {keyFileOf(hostKey.type)}</code>
      </p>
      <p class="quiet">
        If both are the same, trust it: the console remembers the key in known_hosts. If not, somebody may be
        between you and the host, and would read everything.
      </p>
      <footer class="dialog-foot">
        <button type="button" class="button" data-testid="ssh-refuse" data-autofocus onClick={onRefuse}>
          Do not trust
        </button>
        <button
          type="button"
          class="button primary"
          data-testid="ssh-trust"
          onClick={() => onTrust(hostKey.fingerprint)}
        >
          Trust and connect
        </button>
      </footer>
    </div>
  );
}

/** The key is another one than before. There is nothing to accept here: the user has to find out why. */
export function ChangedKey(props: {
  readonly hostKey: HostKeyView;
  readonly problem: Problem;
  readonly onClose: () => void;
}): JSX.Element {
  const { hostKey, problem, onClose } = props;
  const labelId = useId();
  return (
    <div class="form" data-testid="ssh-changed-key" role="alert">
      <p>
        <strong>{hostKey.hop}</strong> shows another key than the one that is known for it. The console has
        not logged in.
      </p>
      <Fingerprint hostKey={hostKey} labelId={labelId} />
      <p class="quiet">{problem.message}.</p>
      {problem.remedy !== undefined && (
        <p class="remedy boxed">
          <Glyph name="warning" />
          <span>
            <PlainText text={problem.remedy} />
          </span>
        </p>
      )}
      <footer class="dialog-foot">
        <button type="button" class="button primary" data-autofocus onClick={onClose}>
          Do not connect
        </button>
      </footer>
    </div>
  );
}
