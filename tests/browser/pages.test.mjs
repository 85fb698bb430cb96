// Every page in every look: nothing for axe-core to find, no sideways scroll, no errors, big targets.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
  base,
  check,
  firstId,
  launch,
  looks,
  makePlan,
  open,
  say,
  settle,
  signIn,
  visit,
} from './lib.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const pages = [
  ['today', '/'],
  ['broadcasts', '/broadcasts'],
  ['compose', '/broadcasts/new'],
  ['broadcast', '/broadcasts/', 'broadcasts', 'broadcast_id'],
  ['share', '/share'],
  ['share-card', '/share/', 'share-cards', 'broadcast_id'],
  ['plans', '/plans'],
  ['audiences', '/audiences'],
  ['templates', '/templates'],
  ['numbers', '/numbers'],
  ['group-chats', '/group-chats'],
  ['opt-outs', '/opt-outs'],
  ['lexicon', '/lexicon'],
  ['not-understood', '/not-understood'],
  ['conversations', '/conversations'],
  ['conversation', '/conversations/', 'conversations', 'person_id'],
  ['dialogues', '/dialogues'],
  ['simulator', '/simulator'],
  ['tickets', '/tickets'],
  ['person', '/people/', 'conversations', 'person_id'],
  ['phones', '/phone'],
  ['phone', '/phone/', 'phones', 'phone_id'],
  ['demands', '/demands'],
  ['demand', '/demands/', 'demands', 'demand_id'],
  ['offers', '/offers'],
  ['searches', '/searches'],
  ['orders', '/orders'],
  ['order', '/orders/', 'orders', 'order_id'],
  ['lots', '/lots'],
  ['lot', '/lots/', 'lots', 'lot_id'],
  ['consignments', '/consignments'],
  ['sales', '/sales'],
  ['share-out', '/sales/', 'sales', 'sale_id'],
  ['not-found', '/no/such/page'],
];
/** Pages with work that only one role does. */
const workplaces = [
  ['cards', '/share', 'didi'],
  ['weigh-in', '/lots', 'house'],
  ['packings', '/packings', 'house'],
  ['sending', '/consignments', 'house'],
  ['till', '/sales', 'cashier'],
  ['batches', '/batches', 'jail'],
];

for (const look of looks) {
  test(`pages ${look.name}`, async (t) => {
    const view = await open(browser, look);
    await t.test('sign-in', async () => {
      await view.page.goto(`${base}/`);
      await view.page.getByRole('button', { name: say(look, 'session.sign_in') }).waitFor();
      await view.page.evaluate(() => document.querySelector('main')?.scrollTo(0, 0));
      await check(view, 'sign-in');
      await signIn(view);
    });
    for (const [name, path, list, key] of pages) {
      await t.test(name, async () => {
        let address = path;
        if (list) {
          const id = await firstId(view.page, list, key);
          assert.ok(id !== null, `nothing in ${list} to look at`);
          address += String(id);
        }
        await visit(view.page, address);
        await check(view, name);
        const language = await view.page.evaluate(() => document.documentElement.lang);
        assert.equal(language, look.language);
      });
    }
    await t.test('plan', async () => {
      const id = await makePlan(view.page);
      await visit(view.page, `/plans/${id}`);
      await view.page.locator('.bubble').nth(1).waitFor();
      await check(view, 'plan');
      await visit(view.page, `/plans/${id}/edit`);
      await view.page.locator('.count strong', { hasText: /^[\d,]+$/ }).waitFor();
      await check(view, 'plan-edit');
    });
    await t.test('the composer, step by step', async () => {
      const { page } = view;
      const button = (key) =>
        page.getByRole('button', { name: say(look, key), exact: true }).first();
      await visit(page, '/broadcasts/new');
      await button('audience.add').click();
      await button('audience.contacted').click();
      await page.getByLabel(say(look, 'audience.days'), { exact: true }).fill('7');
      await button('audience.show_text').click();
      await page.waitForFunction(() =>
        document.querySelector('main textarea')?.value.includes('not contacted:7d'),
      );
      await check(view, 'compose-whom');
      const text = page.getByLabel(say(look, 'audience.text'), { exact: true });
      await text.fill('speaks:hi and not contacted:7d');
      await page.getByRole('button', { name: say(look, 'speaks.hi'), pressed: true }).waitFor();
      await button('compose.next').click();
      await page.getByLabel(say(look, 'compose.text_hi'), { exact: true }).fill('कल मेला है');
      await page.locator('.phone .bubble').waitFor();
      await check(view, 'compose-what');
      await button('compose.next').click();
      await button('how.add').click();
      await check(view, 'compose-how');
      await button('compose.next').click();
      await page.locator('.facts').waitFor();
      await settle(page);
      await check(view, 'compose-check');
      // What was written is still there when the page is opened again.
      await visit(page, '/broadcasts/new');
      await button('compose.next').click();
      const kept = page.getByLabel(say(look, 'compose.text_hi'), { exact: true });
      assert.equal(await kept.inputValue(), 'कल मेला है');
    });
    for (const [name, path, who] of workplaces) {
      await t.test(`${name}, as ${who}`, async () => {
        await signIn(view, who);
        await visit(view.page, path);
        if (name === 'till')
          await view.page.getByRole('button', { name: say(look, 'sales.new') }).click();
        await check(view, name);
        if (name === 'cards')
          assert.equal(await view.page.locator('main h1').innerText(), say(look, 'nav.share'));
      });
    }
    await view.context.close();
  });
}
