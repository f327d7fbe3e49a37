/**
 * Offers keys one by one to ssh2: keys of an agent, or of an encrypted file that is decrypted only when the server accepts
 * its public half.
 */

import ssh2, { type BaseAgent, type ParsedKey, type SignCallback, type SigningRequestOptions } from 'ssh2';

/** An agent with a single key. */
export class SingleKeyAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #key: ParsedKey;
  readonly #sign: (data: Buffer, options: SigningRequestOptions) => Promise<Buffer>;
  /** Whether the server accepted the key and asked for a signature. */
  wasAskedToSign = false;

  constructor(key: ParsedKey, sign: (data: Buffer, options: SigningRequestOptions) => Promise<Buffer>) {
    super();
    this.#key = key;
    this.#sign = sign;
  }

  override getIdentities(done: (error?: Error | null, keys?: ParsedKey[]) => void): void {
    done(null, [this.#key]);
  }

  override sign(
    ...[, data, options, done]: [ParsedKey, Buffer, SigningRequestOptions | SignCallback, SignCallback?]
  ): void {
    this.wasAskedToSign = true;
    const answer = typeof options === 'function' ? options : done;
    this.#sign(data, typeof options === 'function' ? {} : options).then(
      (signature) => answer?.(null, signature),
      (error: unknown) => answer?.(error as Error),
    );
  }
}

/** Lists the keys of an agent. An agent that does not answer counts as empty: other keys may work. */
export async function listAgentKeys(socket: string): Promise<AgentKey[]> {
  const agent: BaseAgent<ParsedKey> = ssh2.createAgent(socket) as BaseAgent<ParsedKey>;
  const keys = await new Promise<ParsedKey[]>((resolve) => {
    agent.getIdentities((error, found) => resolve(error ? [] : (found ?? []).filter(isParsed)));
  });
  return keys.map((key) => ({ key, offer: () => new SingleKeyAgent(key, signer(agent, key)) }));
}

export interface AgentKey {
  readonly key: ParsedKey;
  offer(): SingleKeyAgent;
}

function isParsed(key: unknown): key is ParsedKey {
  return typeof (key as Partial<ParsedKey>).getPublicSSH === 'function';
}

function signer(agent: BaseAgent<ParsedKey>, key: ParsedKey) {
  return (data: Buffer, options: SigningRequestOptions): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      agent.sign(key, data, options, (error, signature) => {
        if (signature === undefined) reject(error ?? new Error('the agent refused to sign'));
        else resolve(signature);
      });
    });
}
