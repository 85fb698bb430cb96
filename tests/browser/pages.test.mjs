// Every page in every look: nothing for axe-core to find, no sideways scroll, no errors, big targets.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { check, firstId, launch, looks, open, say, signIn, visit, base } from './lib.mjs';

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
  ['conversations', '/conversations'],
  ['conversation', '/conversations/', 'conversations', 'person_id'],
  ['phones', '/phone'],
  ['phone', '/phone/', 'phones', 'phone_id'],
  ['demands', '/demands'],
  ['demand', '/demands/', 'demands', 'demand_id'],
  ['offers', '/offers'],
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
    for (const [name, path, who] of workplaces) {
      await t.test(`${name}, as ${who}`, async () => {
        await signIn(view, who);
        await visit(view.page, path);
        if (name === 'till')
          await view.page.getByRole('button', { name: say(look, 'sales.new') }).click();
        await check(view, name);
      });
    }
    await view.context.close();
  });
}
