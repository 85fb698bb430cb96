// What people settle: her message from a phone becomes a ticket, an officer takes it, answers and closes
// it, and she hears the answer on her phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { check, launch, looks, open, say, settle, signIn, visit } from './lib.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const wait = { timeout: 30_000 };

/** The `at`th phone writes, as the phone page does; tells whose it is. */
async function phoneWrites(page, at, text) {
  return page.evaluate(
    async ([number, words]) => {
      const session = await (await fetch('/api/session')).json();
      const phones = (await (await fetch('/api/phones?limit=100')).json()).items;
      const phone = phones[number];
      const answer = await fetch(`/api/phones/${phone.phone_id}/messages`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Haat-Csrf': session.csrf_token },
        body: JSON.stringify({ text: words }),
      });
      if (!answer.ok) throw new Error(await answer.text());
      return phone.phone_id;
    },
    [at, text],
  );
}

for (const [nth, look] of looks.entries()) {
  test(`tickets ${look.name}`, async (t) => {
    const view = await open(browser, look);
    const { page } = view;
    const word = (key, params) => say(look, key, params);
    const button = (key) => page.getByRole('button', { name: word(key), exact: true });
    const mark = String(100 + Math.floor(Math.random() * 900));
    let phone = 0;
    await signIn(view);

    await t.test('her message is in the queue without a reload', async () => {
      await visit(page, '/tickets');
      phone = await phoneWrites(page, 20 + nth, `गाड़ी नहीं आई, ${mark} किलो माल पड़ा है`);
      const row = page.locator('main li a', { hasText: mark });
      await row.waitFor(wait);
      await check(view, 'tickets-queue');
      await row.click();
      await page.getByRole('region', { name: word('tickets.one') }).waitFor(wait);
      await page.getByRole('log').getByText(mark).first().waitFor(wait);
      await check(view, 'ticket');
    });

    if (look.width < 600) {
      await t.test('on a small screen the talk and the answer come before the acts', async () => {
        const answer = page.getByLabel(word('conversation.answer'), { exact: true });
        const tops = [];
        for (const part of [page.getByRole('log'), answer, button('tickets.take')]) {
          tops.push((await part.first().boundingBox()).y);
        }
        assert.deepEqual(
          tops,
          [...tops].sort((a, b) => a - b),
          `talk, answer, acts at ${tops}`,
        );
        await answer.scrollIntoViewIfNeeded();
        await answer.fill('कल गाड़ी आएगी');
        const box = await answer.boundingBox();
        assert.ok(box.y >= 0 && box.y + box.height <= look.height, 'the answer is in sight');
        await answer.fill('');
      });
    }

    await t.test('an officer takes it and keeps a note', async () => {
      await button('tickets.take').click();
      await button('tickets.put_back').waitFor(wait);
      await button('tickets.note_only').click();
      await page.getByLabel(word('tickets.note_label'), { exact: true }).fill(`नोट ${mark}`);
      await button('tickets.keep_note').click();
      await page.getByRole('log').getByText(`नोट ${mark}`).waitFor(wait);
    });

    await t.test('gives and moves from dialogs', async () => {
      await button('tickets.give').click();
      await page.getByRole('dialog').waitFor();
      await check(view, 'ticket-give');
      await page.keyboard.press('Escape');
      await button('tickets.move').click();
      await page
        .getByRole('dialog')
        .getByLabel(word('tickets.to_topic'), { exact: true })
        .selectOption('payment');
      await page
        .getByRole('dialog')
        .getByRole('button', { name: word('tickets.move'), exact: true })
        .click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page
        .getByRole('region', { name: word('tickets.one') })
        .getByText(word('topic.payment'))
        .first()
        .waitFor(wait);
    });

    await t.test('answers, closes, and she hears it', async () => {
      await button('tickets.to_her').click();
      await page.getByLabel(word('conversation.answer'), { exact: true }).fill(`कल ${mark} बजे`);
      await button('action.send').click();
      await page.getByRole('log').getByText(`कल ${mark} बजे`).waitFor(wait);
      await button('tickets.close').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(word('tickets.answer'), { exact: true }).fill(`गाड़ी ${mark} आ गई`);
      await check(view, 'ticket-close');
      await dialog.getByRole('button', { name: word('tickets.close'), exact: true }).click();
      await page.getByText(word('tickets.told'), { exact: true }).waitFor(wait);
      await check(view, 'ticket-closed');
      await visit(page, `/phone/${phone}`);
      await page.getByText(`गाड़ी ${mark} आ गई`).first().waitFor(wait);
      assert.equal(await page.getByText(`नोट ${mark}`).count(), 0, 'she sees no note');
      await settle(page);
    });

    await t.test('roles that do not answer have no queue', async () => {
      await signIn(view, 'cashier');
      const status = await page.evaluate(async () => (await fetch('/api/tickets')).status);
      assert.equal(status, 403);
      view.problems.splice(0);
    });
    await view.context.close();
  });
}
