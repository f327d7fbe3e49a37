/** The commands of docs/guide/on-call.md, each run against the shop that the guide starts: the answer to its question must be in what they print. */

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ConvoyProcess } from '../../support/convoy-command.ts';
import { missingPeer } from '../../support/erlang/erlang-node.ts';
import { startTestEpmd } from '../../support/erlang/test-epmd.ts';
import { AttachScene } from '../../support/members/attach-scene.ts';
import { guideCommands, OnCallShop } from '../../support/members/on-call-shop.ts';

/** What the commands of each section print, in their order. */
const answers: Readonly<Record<number, readonly RegExp[]>> = {
  1: [/^PID .*\n<0\.\d+\.0> +shop_carts .* 6\d\.\d MB .*timer:sleep/, /6\d\.\d MB before, [\d.]+ KB after/],
  2: [/^PID .*\n<0\.\d+\.0> +shop_mailer /, /^queue +[\d,]+ messages\n[^]*shop_worker:handle_cast\/2/m],
  3: [
    /^shop_prices\n +\w+ +shop1@127\.0\.0\.1\n +\w+ +shop2@127\.0\.0\.1\n/,
    /^MODULE .*\nshop_prices +old code /,
    /^old code +1 of \d+ processes run it: shop_price_list /m,
  ],
  4: [/\[error\] crasher:[^]*registered_name: shop_fraud[^]*unknown_card_brand/],
  5: [/^PORT .*\n#Port<0\.\d+> +tcp_inet +shop_front .*\n1 of 1 that match/],
  6: [
    /shop_checkout .* gen:do_call\/4\n/,
    /^monitors +<0\.\d+\.0>\n[^]*shop_worker:handle_info\/2/m,
    /gen_tcp:recv[^]*shop_worker:ask_bank\/0|prim_inet:recv0\/3[^]*shop_worker:ask_bank\/0/,
  ],
  7: [
    /#1 +price\(<<"teapot">>\)\n.*#1 +price\/1 returned \{<<"teapot">>,200\}/,
    /^<0\.\d+\.0> +shop_robot\n/,
  ],
  8: [
    /supervisor: \{local,shop_fraud_sup\}[^]*child_terminated[^]*unknown_card_brand/,
    /^state\n[^]*,100,1,/m,
  ],
  9: [/^shop1@127\.0\.0\.1\n +\{ok,eur\}\nshop2@127\.0\.0\.1\n +\{ok,usd\}\n$/],
  10: [/^TABLE .*\nshop_sessions +[\d.]+ [KM]B +[\d,]+ +set /, /^\{\{session,\d+\},<<"Anna">>\}\n/],
};

/** The time of the clock so many minutes from now, as the guide writes it. */
function clock(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toTimeString().slice(0, 5);
}

describe('the tasks of an on-call engineer', { skip: missingPeer('25') }, () => {
  const stack = new AsyncDisposableStack();
  let scene: AttachScene;
  let shop: OnCallShop;

  before(async () => {
    scene = stack.use(new AttachScene());
    writeFileSync(join(scene.home, '.erlang.cookie'), 'on-call-shop', { mode: 0o400 });
    scene.env['ERL_EPMD_PORT'] = String(stack.use(await startTestEpmd()).port);
    const { dataDir } = await scene.startConsole();
    shop = stack.use(await OnCallShop.start(scene.env));
    const attached = await scene.run('attach', 'shop1@127.0.0.1', '--name', 'shop');
    assert.equal(attached.code, 0, attached.stderr);
    const words = ['logs', '--follow', 'shop1', 'shop2', '--data-dir', dataDir];
    const followed = stack.use(new ConvoyProcess(words, { env: scene.env }));
    await followed.waitFor(/shop1@127\.0\.0\.1 \|[^]*shop_fraud_sup/);
  });
  after(() => stack.disposeAsync());

  for (const [number, wanted] of Object.entries(answers))
    test(`${number}: the commands of the guide have the answer`, async () => {
      const commands = guideCommands(Number(number));
      assert.equal(commands.length, wanted.length, 'the commands of the guide');
      let pid = '';
      for (const [index, words] of commands.entries()) {
        const changed: Readonly<Record<string, string>> = {
          ...{ '4080': String(shop.port), '14:01': clock(-2), '14:04': clock(2), PID: pid },
        };
        const { code, stdout, stderr } = await scene.run(...words.map((word) => changed[word] ?? word));
        assert.equal(code, 0, `convoy ${words.join(' ')}\n${stderr}`);
        assert.match(stdout, wanted[index] ?? /^$/);
        pid = /<(0\.\d+\.0)>/.exec(stdout)?.[1] ?? '';
      }
    });
});
