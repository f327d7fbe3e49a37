import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atom, Pid, tuple, type Term } from '@convoy/node/etf';
import { chardataToText } from '../../src/io/chardata.ts';
import { InputRequests } from '../../src/io/input-requests.ts';
import type { InputView } from '../../src/io/input-view.ts';
import { defaultIoOptions, type IoOptions } from '../../src/io/io-options.ts';
import type { InputRequest } from '../../src/io/io-protocol.ts';
import type { CallRemote, RemoteCall } from '../../src/io/remote-calls.ts';

const program = new Pid('n@h', 1, 0, 1);

/** A node whose `get_until` takes everything up to a full stop and a blank. */
const readToFullStop: CallRemote = ({ function: fn, args }) => {
  if (fn === 'format_prompt') return Promise.resolve('formatted> ');
  const [state, data] = args as [Term, Term];
  const before = state === atom('start') ? '' : (chardataToText(state, 'unicode') ?? '');
  if (data === atom('eof')) return Promise.resolve(tuple(atom('stop'), atom('eof'), atom('eof')));
  const text = before + (chardataToText(data, 'unicode') ?? '');
  const end = /\.\s/.exec(text);
  if (end === null) return Promise.resolve(text);
  const at = end.index + end[0].length;
  return Promise.resolve(
    tuple(
      atom('stop'),
      tuple(atom('ok'), text.slice(0, at)),
      Array.from(text.slice(at), (c) => c.codePointAt(0) ?? 0),
    ),
  );
};

function fixture(setup: { callRemote?: CallRemote; options?: Partial<IoOptions> } = {}) {
  const views: (InputView | undefined)[] = [];
  const requests = new InputRequests({
    callRemote: setup.callRemote ?? readToFullStop,
    isReachable: () => true,
    options: () => ({ ...defaultIoOptions, ...setup.options }),
    rules: () => ({
      isShellPrompt: (request) => request.kind === 'get_until',
      isContinuation: () => false,
      continuationPrompt: () => '.. ',
    }),
    onChange: (view) => views.push(view),
  });
  const current = (): InputView => {
    const view = views.at(-1);
    assert.ok(view, 'a request is to be answered');
    return view;
  };
  const shown = async (prompt: string): Promise<InputView> => {
    for (let turn = 0; turn < 20 && views.at(-1)?.prompt !== prompt; turn += 1) await Promise.resolve();
    assert.equal(views.at(-1)?.prompt, prompt);
    return current();
  };
  return { requests, views, current, shown };
}

const line = (prompt: Term): InputRequest => ({ kind: 'get_line', encoding: 'unicode', prompt });
const getUntil = (prompt: Term): InputRequest => ({
  kind: 'get_until',
  encoding: 'unicode',
  prompt,
  module: atom('erl_scan'),
  function: atom('tokens'),
  args: [],
});

describe('input requests', () => {
  it('gives a line as a list, or as a binary when that is set', async () => {
    const { requests, shown } = fixture();
    const reply = requests.open(program, line('name? '));
    requests.supply((await shown('name? ')).id, 'é\n');
    assert.deepEqual(await reply, [0xe9, 10]);

    const binary = fixture({ options: { binary: true } });
    const second = binary.requests.open(program, line('name? '));
    binary.requests.supply((await binary.shown('name? ')).id, 'é\n');
    assert.deepEqual(await second, Buffer.from('é\n'));
  });

  it('keeps what is left over for the next request', async () => {
    const { requests, shown } = fixture();
    const chars = requests.open(program, { kind: 'get_chars', encoding: 'unicode', prompt: 'c', count: 2 });
    requests.supply((await shown('c')).id, 'abc\n');
    assert.deepEqual(await chars, [97, 98]);
    assert.deepEqual(await requests.open(program, line('')), [99, 10]);
  });

  it('gives the end of the input once', async () => {
    const { requests, shown } = fixture();
    const first = requests.open(program, line('a? '));
    requests.supplyEnd((await shown('a? ')).id);
    assert.equal(await first, atom('eof'));
    const second = requests.open(program, line('b? '));
    requests.supply((await shown('b? ')).id, 'x\n');
    assert.deepEqual(await second, [120, 10]);
  });

  it('never echoes a password and gives it without its newline', async () => {
    const { requests, current } = fixture({ options: { binary: true } });
    const reply = requests.open(program, { kind: 'get_password', encoding: 'unicode' });
    await Promise.resolve();
    assert.equal(current().echo, false);
    requests.supply(current().id, 'secret\n');
    assert.deepEqual(
      await reply,
      Array.from('secret', (c) => c.codePointAt(0)),
    );
  });

  it('has the node format a prompt that is a format', async () => {
    const { requests, shown } = fixture();
    void requests.open(program, line(tuple(atom('format'), '~p> ', [1])));
    await shown('formatted> ');
  });

  it('says so when characters do not fit into latin1', async () => {
    const { requests, shown } = fixture();
    const reply = requests.open(program, { kind: 'get_line', encoding: 'latin1', prompt: 'p' });
    requests.supply((await shown('p')).id, '日\n');
    assert.deepEqual(
      await reply,
      tuple(atom('error'), tuple(atom('no_translation'), atom('unicode'), atom('latin1'))),
    );
  });
});

describe('input requests that the node evaluates', () => {
  it('asks again with the continuation prompt until the node has enough', async () => {
    const { requests, shown } = fixture();
    const reply = requests.open(program, getUntil('1> '));
    const first = await shown('1> ');
    assert.equal(first.isContinuation, false);
    requests.supply(first.id, 'foo(\n');
    const second = await shown('.. ');
    assert.equal(second.isContinuation, true);
    requests.supply(second.id, '1). 2.\n');
    assert.deepEqual(await reply, tuple(atom('ok'), 'foo(\n1). '));
    assert.deepEqual(await requests.open(program, getUntil('2> ')), tuple(atom('ok'), '2.\n'));
  });

  it('tells once what a request took of earlier input, when that does not suffice', async () => {
    const { requests, shown, views } = fixture();
    const first = requests.open(program, getUntil('1> '));
    requests.supply((await shown('1> ')).id, '1.\n2 +\n');
    assert.deepEqual(await first, tuple(atom('ok'), '1.\n'));
    const second = requests.open(program, getUntil('2> '));
    const view = await shown('.. ');
    assert.deepEqual([view.taken, view.isContinuation], [{ prompt: '2> ', text: '2 +\n' }, true]);
    void requests.open(program, line('other? '));
    await shown('other? ');
    requests.rotate();
    assert.deepEqual([views.at(-1)?.taken, views.at(-1)?.isContinuation], [undefined, true]);
    requests.refuse(view.id, 'interrupted');
    assert.deepEqual(await second, tuple(atom('error'), atom('interrupted')));
    const third = requests.open(program, getUntil('2> '));
    requests.supply((await shown('2> ')).id, '7 + 7.\n');
    assert.deepEqual(await third, tuple(atom('ok'), '7 + 7.\n'));
  });

  it('answers with the function name when the node fails, and forgets the input', async () => {
    const { requests, shown, views } = fixture({ callRemote: () => Promise.reject(new Error('badrpc')) });
    const reply = requests.open(program, getUntil('1> '));
    requests.supply((await shown('1> ')).id, 'x\n');
    assert.deepEqual(await reply, tuple(atom('error'), atom('tokens')));
    void requests.open(program, line('next'));
    await shown('next');
    assert.ok(views.at(-1));
  });

  it('ignores the answer of a node that comes after the request was refused', async () => {
    let answer: (value: Term) => void = () => undefined;
    const calls: RemoteCall[] = [];
    const slow: CallRemote = (call) => {
      calls.push(call);
      return new Promise((resolve) => (answer = resolve));
    };
    const { requests, shown } = fixture({ callRemote: slow });
    const reply = requests.open(program, getUntil('1> '));
    const { id } = await shown('1> ');
    requests.supply(id, 'x.\n');
    assert.equal(calls.length, 1);
    requests.refuse(id, 'interrupted');
    answer(tuple(atom('stop'), atom('late'), [120]));
    assert.deepEqual(await reply, tuple(atom('error'), atom('interrupted')));
    void requests.open(program, line('next? '));
    await shown('next? ');
  });
});

describe('several open input requests', () => {
  it('puts a newer request on top and brings the older one back', async () => {
    const { requests, shown } = fixture();
    const shell = requests.open(program, getUntil('1> '));
    const shellId = (await shown('1> ')).id;
    const other = requests.open(program, line('allow? '));
    const question = await shown('allow? ');
    assert.equal(question.others, 1);
    requests.supply(question.id, 'y\n');
    assert.deepEqual(await other, [121, 10]);
    assert.equal((await shown('1> ')).id, shellId);
    requests.supply(shellId, '1.\n');
    assert.deepEqual(await shell, tuple(atom('ok'), '1.\n'));
  });

  it('lets the user pick another open request', async () => {
    const { requests, shown } = fixture();
    void requests.open(program, line('a? '));
    void requests.open(program, line('b? '));
    await shown('b? ');
    requests.rotate();
    assert.equal((await shown('a? ')).others, 1);
  });

  it('refuses with a reason and drops what was typed ahead', async () => {
    const { requests, shown } = fixture();
    const reply = requests.open(program, getUntil('1> '));
    const { id } = await shown('1> ');
    requests.supply(id, 'foo(\n');
    await shown('.. ');
    requests.refuse(id, 'interrupted');
    assert.deepEqual(await reply, tuple(atom('error'), atom('interrupted')));
  });

  it('forgets the request of a process that is gone', async () => {
    const { requests, shown, views } = fixture();
    void requests.open(program, line('gone? '));
    await shown('gone? ');
    requests.drop((from) => from === program);
    assert.equal(views.at(-1), undefined);
  });

  it('keeps only so many requests open', async () => {
    const { requests } = fixture();
    const replies = Array.from({ length: 65 }, () => requests.open(program, line('x')));
    assert.deepEqual(await replies.at(-1), tuple(atom('error'), atom('system_limit')));
  });
});
