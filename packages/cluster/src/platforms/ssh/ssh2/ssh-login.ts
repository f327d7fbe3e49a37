/**
 * Offers our credentials to one hop, in this order: selected keys, keys of the agent, keys of the configuration or the
 * default keys, a password. Pauses the time limit while it waits for the user, so that typing does not count.
 */

import type {
  AnyAuthMethod,
  KeyboardInteractiveAuthMethod,
  NextAuthHandler,
  ParsedKey,
  SigningRequestOptions,
} from 'ssh2';
import { listAgentKeys, type AgentKey, SingleKeyAgent } from './key-agent.ts';
import { explainUnusable, type Identity, readIdentity, unlock } from './private-keys.ts';
import type { SshOptions } from '../connection/ssh-connection.ts';
import { passwordQuestion } from './password-question.ts';
import type { LoginTrace } from '../connection/ssh-failures.ts';
import type { ResolvedHop } from '../config/ssh-hops.ts';

type KeyboardPrompt = KeyboardInteractiveAuthMethod['prompt'];
type Ask = (question: string) => Promise<string | undefined>;

/** Tells ssh2 that there are no more methods; its types do not include it. */
const noMoreMethods = false as unknown as AnyAuthMethod;
/** OpenSSH allows six attempts by default and counts every key. */
const maxPasswords = 3;

/** The time limit that is paused while the user types. */
interface TimeLimit {
  pause(): void;
  resume(): void;
}

export class SshLogin implements LoginTrace {
  readonly #hop: ResolvedHop;
  readonly #hopName: string;
  readonly #options: SshOptions;
  readonly #timeLimit: TimeLimit;
  readonly #steps: AsyncGenerator<AnyAuthMethod>;
  readonly #offeredKeys: ParsedKey[] = [];
  #serverMethods: readonly string[] = [];
  /** Whether the user declined to answer. */
  #isGivenUp = false;
  readonly offered: string[] = [];
  readonly skipped: string[] = [];
  /** An error that ends the login instead of moving on to the next method. */
  failure: unknown;
  /** The error to report when no method was accepted: a selected key could not be used. */
  unusedKey: unknown;

  constructor(
    hop: ResolvedHop,
    context: {
      readonly hopName: string;
      readonly options: SshOptions;
      /** The time limit of the login, which does not run while the user is being asked. */
      readonly timeLimit: TimeLimit;
    },
  ) {
    this.#hop = hop;
    this.#hopName = context.hopName;
    this.#options = context.options;
    this.#timeLimit = context.timeLimit;
    this.#steps = this.#plan();
  }

  get serverMethods(): readonly string[] {
    return this.#serverMethods;
  }

  /** Handler for ssh2, called for the first method and after each one that was refused or not sufficient. */
  readonly next = (
    methodsLeft: readonly string[] | null,
    _isPartial: boolean | null,
    offer: NextAuthHandler,
  ): void => {
    // A server that requires two factors lists other methods after the first one.
    if (methodsLeft !== null && methodsLeft.length > 0) this.#serverMethods = methodsLeft;
    void this.#nextMethod().then(offer);
  };

  /** `false` ends the login. */
  async #nextMethod(): Promise<AnyAuthMethod> {
    if (this.failure !== undefined) return noMoreMethods;
    try {
      const { value, done } = await this.#steps.next();
      return done === true ? noMoreMethods : value;
    } catch (error) {
      this.failure = error;
      return noMoreMethods;
    }
  }

  async *#plan(): AsyncGenerator<AnyAuthMethod> {
    const { user: username, agent, requiredKeys, optionalKeys, identitiesOnly } = this.#hop;
    // Asks which methods the server accepts; some accept a login without any.
    yield { type: 'none', username };
    if (this.#accepts('publickey')) {
      const agentKeys = agent === undefined ? [] : await listAgentKeys(agent);
      yield* this.#files(requiredKeys, { agentKeys, isRequired: true });
      if (!identitiesOnly) for (const one of agentKeys) yield* this.#agentKey(one, 'an agent key');
      yield* this.#files(optionalKeys, { agentKeys, isRequired: false });
    }
    yield* this.#passwords();
  }

  #accepts(method: string): boolean {
    return this.#serverMethods.length === 0 || this.#serverMethods.includes(method);
  }

  async *#files(
    files: readonly string[],
    { agentKeys, isRequired }: { readonly agentKeys: readonly AgentKey[]; readonly isRequired: boolean },
  ): AsyncGenerator<AnyAuthMethod> {
    for (const file of files) {
      if (!this.#accepts('publickey')) return;
      const identity = await this.#read(file, isRequired);
      if (identity === undefined) continue;
      const { publicKey } = identity;
      const inAgent =
        publicKey === undefined ? undefined : agentKeys.find((one) => isSame(one.key, publicKey));
      if (inAgent === undefined) yield* this.#fileKey(identity);
      else yield* this.#agentKey(inAgent, `${file} (from the agent)`);
    }
  }

  /** A problem with a key that was not selected is reported only if no other method is accepted. */
  async #read(file: string, isRequired: boolean): Promise<Identity | undefined> {
    try {
      return await readIdentity(file, isRequired);
    } catch (error) {
      if (isRequired) throw error;
      this.skipped.push((error as Error).message);
      return undefined;
    }
  }

  async *#agentKey(agentKey: AgentKey, what: string): AsyncGenerator<AnyAuthMethod> {
    if (this.#accepts('publickey') && this.#isNew(agentKey.key, what))
      yield* this.#offerThrough(agentKey.offer());
  }

  async *#fileKey(identity: Identity): AsyncGenerator<AnyAuthMethod> {
    const { file, privateKey, publicKey, encrypted } = identity;
    const { user: username } = this.#hop;
    if (privateKey !== undefined) {
      if (this.#isNew(privateKey, file)) yield { type: 'publickey', username, key: privateKey };
    } else if (encrypted === undefined || this.#options.passphrase === undefined) {
      this.#skip(identity);
    } else if (publicKey === undefined) {
      const key = await this.#unlock(identity);
      if (key !== undefined && this.#isNew(key, file)) yield { type: 'publickey', username, key };
    } else if (this.#isNew(publicKey, file)) {
      yield* this.#offerThrough(
        new SingleKeyAgent(publicKey, (data, options) => this.#signEncrypted(identity, data, options)),
      );
    }
  }

  async *#offerThrough(agent: SingleKeyAgent): AsyncGenerator<AnyAuthMethod> {
    const { user: username } = this.#hop;
    yield { type: 'agent', username, agent };
    // When the key was accepted but is not sufficient, ssh2 does not report the remaining methods: ask.
    if (agent.wasAskedToSign) yield { type: 'none', username };
  }

  async #signEncrypted(identity: Identity, data: Buffer, options: SigningRequestOptions): Promise<Buffer> {
    const key = await this.#unlock(identity).catch((error: unknown) => {
      this.failure = error;
      throw error;
    });
    if (key === undefined) throw explainUnusable(identity);
    return key.sign(data, options.hash);
  }

  async #unlock(identity: Identity): Promise<ParsedKey | undefined> {
    try {
      const key = await unlock(identity, this.#withPausedLimit(this.#options.passphrase));
      if (key === undefined) this.#skip(identity);
      return key;
    } catch (error) {
      if (identity.isRequired) throw error;
      this.skipped.push((error as Error).message);
      return undefined;
    }
  }

  #skip(identity: Identity): void {
    const error = explainUnusable(identity);
    if (identity.isRequired) this.unusedKey ??= error;
    else this.skipped.push(error.message);
  }

  /** Whether this key has not been offered yet. Records it as offered. */
  #isNew(key: ParsedKey, what: string): boolean {
    if (this.#offeredKeys.some((one) => isSame(one, key))) return false;
    this.#offeredKeys.push(key);
    this.offered.push(what);
    return true;
  }

  async *#passwords(): AsyncGenerator<AnyAuthMethod> {
    const { user: username } = this.#hop;
    const ask = this.#withPausedLimit(this.#options.password);
    if (ask === undefined) return;
    for (let attempt = 1; attempt <= maxPasswords && !this.#isGivenUp; attempt += 1) {
      if (this.#accepts('password')) {
        const password = await ask(this.#hopName);
        if (password === undefined) return;
        this.offered.push('a password');
        yield { type: 'password', username, password };
      } else if (this.#accepts('keyboard-interactive')) {
        this.offered.push('answers to its prompts');
        // The prompts and the callback follow the name, instructions and language.
        const prompt = (...[, , , prompts, finish]: Parameters<KeyboardPrompt>): void => {
          void this.#answer(prompts, ask).then((answers) => {
            this.#isGivenUp = answers === undefined;
            finish(answers ?? prompts.map(() => ''));
          });
        };
        yield { type: 'keyboard-interactive', username, prompt };
      } else return;
    }
  }

  /** Asks the user; `undefined` when the user gives up. */
  async #answer(prompts: readonly { readonly prompt: string }[], ask: Ask): Promise<string[] | undefined> {
    const answers: string[] = [];
    try {
      for (const { prompt } of prompts) {
        const answer = await ask(passwordQuestion(this.#hopName, prompt));
        if (answer === undefined) return undefined;
        answers.push(answer);
      }
      return answers;
    } catch (error) {
      this.failure = error;
      return undefined;
    }
  }

  #withPausedLimit(ask: Ask | undefined): Ask | undefined {
    if (ask === undefined) return undefined;
    return async (text) => {
      this.#timeLimit.pause();
      try {
        return await ask(text);
      } finally {
        this.#timeLimit.resume();
      }
    };
  }
}

function isSame(one: ParsedKey, other: ParsedKey): boolean {
  return one.getPublicSSH().equals(other.getPublicSSH());
}
