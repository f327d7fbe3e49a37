/**
 * Keys as ssh2 wants them offered one by one: of an agent, or of a locked file that is opened only when the server would
 * take its public half.
 */

import ssh2, { type BaseAgent, type ParsedKey, type SignCallback, type SigningRequestOptions } from 'ssh2';

/** Signs with one key. `wasAskedToSign` says whether the server wanted its signature. */
export class SingleKeyAgent extends ssh2.BaseAgent<ParsedKey> {
  readonly #key: ParsedKey;
  readonly #sign: (data: Buffer, options: SigningRequestOptions) => Promise<Buffer>;
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

/** The keys an agent holds. One that does not answer holds none: other keys may do. */
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
        if (signature === undefined) reject(error ?? new Error('the agent does not sign'));
        else resolve(signature);
      });
    });
}
