// An officer changes what haat says, sees it on a phone, publishes it, and a real conversation has it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { check, firstId, launch, looks, open, say, settle, signIn, visit } from './lib.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const wait = { timeout: 30_000 };

for (const look of [looks[0], looks.at(-1)]) {
  test(`dialogues ${look.name}`, async (t) => {
    const view = await open(browser, look);
    const { page } = view;
    const word = (key, params) => say(look, key, params);
    const button = (scope, key, params) =>
      scope.getByRole('button', { name: word(key, params), exact: true });
    const news = `मदद ${Math.floor(Math.random() * 1e6)}`;
    const text = () =>
      page.locator('li.text').filter({ has: page.locator('h2', { hasText: /^help$/ }) });
    await signIn(view);

    await t.test('a text is changed in the draft, a bad one refused', async () => {
      await visit(page, '/dialogues');
      await page.getByLabel(word('dialogues.find'), { exact: true }).fill('messages.help');
      await button(text(), 'dialogues.edit').click();
      const hindi = text().getByLabel(word('dialogues.hindi'));
      await hindi.fill('{typo}');
      await button(text(), 'dialogues.save').click();
      await page.getByText('{typo}', { exact: false }).first().waitFor(wait);
      await hindi.fill(`${news} {name}`);
      await button(text(), 'dialogues.save').click();
      await text().getByText(word('dialogues.changed'), { exact: true }).waitFor(wait);
      view.problems.splice(0); // the refused change is logged by the browser
    });

    await t.test('the draft is tried on three phones side by side', async () => {
      await visit(page, '/simulator');
      for (const channel of ['whatsapp', 'sms', 'telegram']) {
        const phone = page.getByRole('region', { name: word(`simulator.${channel}`), exact: true });
        await phone.getByLabel(word('phones.write')).fill('मदद');
        await button(phone, 'action.send').click();
        await phone.getByText(`${news} सीता`).waitFor(wait);
      }
      const phone = page.getByRole('region', { name: word('simulator.telegram'), exact: true });
      await phone.getByLabel(word('phones.write')).fill('20 किलो आम का अचार है 180 रुपये किलो');
      await button(phone, 'action.send').click();
      await phone.getByRole('button', { name: 'हाँ, सही है' }).click();
      await phone.getByText('बहुत बढ़िया', { exact: false }).waitFor(wait);
      await check(view, 'simulator-played');
      const live = page.getByRole('region', { name: word('simulator.sms'), exact: true });
      await live.getByLabel(word('simulator.source')).selectOption('published');
      await live.getByText(`${news} सीता`).waitFor({ state: 'detached', ...wait });
    });

    await t.test('a mobiliser is tried: her group, one of it, what she can tell', async () => {
      await visit(page, '/simulator');
      const phone = page.getByRole('region', { name: word('simulator.whatsapp'), exact: true });
      await phone.getByText(word('simulator.settings'), { exact: true }).click();
      await phone.getByLabel(word('simulator.who')).selectOption('mobiliser');
      await phone.getByLabel(word('phones.write')).fill('समूह');
      await button(phone, 'action.send').click();
      await phone.getByText('सदस्य', { exact: false }).first().waitFor(wait);
      await check(view, 'simulator-mobiliser');
      await phone.getByLabel(word('phones.write')).fill('1');
      await button(phone, 'action.send').click();
      await phone.getByText('क्या बताना है', { exact: false }).waitFor(wait);
    });

    await t.test(
      'the demonstration has mobilisers, and they can speak for their groups',
      async () => {
        const heard = await page.evaluate(async () => {
          const get = async (path) => (await fetch(path)).json();
          const session = await get('/api/session');
          const mobilisers = await get(`/api/phones?q=${encodeURIComponent('जीविका मित्र')}`);
          const path = `/api/phones/${mobilisers.items[0].phone_id}/messages`;
          await fetch(path, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json', 'X-Haat-Csrf': session.csrf_token },
            body: JSON.stringify({ text: 'समूह' }),
          });
          for (let i = 0; i < 300; ++i) {
            const { messages } = await get(path);
            const from = messages.findLastIndex((one) => one.text === 'समूह');
            const answer = messages.slice(from + 1).find((one) => one.from === 'haat');
            if (answer) return answer.buttons.length;
            await new Promise((done) => setTimeout(done, 100));
          }
          return 0;
        });
        assert.ok(heard > 0, 'no members to choose from');
      },
    );

    await t.test('what she would hear is played', async () => {
      const phone = page.getByRole('region', { name: word('simulator.whatsapp'), exact: true });
      await phone.getByLabel(word('phones.write')).fill('बोलो');
      await button(phone, 'action.send').click();
      await button(phone, 'simulator.hear').last().click();
      const sound = phone.locator('audio');
      await sound.waitFor(wait);
      // It plays by itself: the file is whole, and time passes in it.
      await page.waitForFunction(
        (audio) => audio.readyState >= 3 && audio.duration > 1 && audio.currentTime > 0,
        await sound.elementHandle(),
        wait,
      );
      assert.equal(await sound.evaluate((audio) => audio.error), null);
      await check(view, 'simulator-heard');
    });

    await t.test('it is published, and a phone of the demonstration hears it', async () => {
      await visit(page, '/dialogues');
      await page.getByRole('button', { name: /\(1\)/ }).click();
      await check(view, 'dialogues-changes');
      await page.getByLabel(word('dialogues.what_changed')).fill('मदद छोटी की');
      await button(page, 'dialogues.publish').click();
      await page.getByText(word('dialogues.live'), { exact: true }).waitFor(wait);
      await settle(page);
      await check(view, 'dialogues-history');
      const id = await firstId(page, 'phones', 'phone_id');
      assert.ok(id !== null, 'no phone to write from');
      await visit(page, `/phone/${id}`);
      const phone = page.getByRole('region', { name: word('phones.phone') });
      await phone.getByLabel(word('phones.write')).fill('मदद');
      await phone.getByRole('button', { name: word('action.send') }).click();
      await phone.getByText(news, { exact: false }).first().waitFor(wait);
    });

    await t.test(
      'the steps of a dialogue are drawn, its JSON is refused with its line',
      async () => {
        await visit(page, '/dialogues');
        await button(page, 'dialogues.flows').click();
        const offer = page
          .locator('li.dialogue')
          .filter({ has: page.locator('h2', { hasText: /^offer$/ }) });
        await button(offer, 'dialogues.show_flow').click();
        await check(view, 'dialogues-flow');
        await button(offer, 'dialogues.edit_json').click();
        const json = offer.getByLabel(word('dialogues.json'));
        await json.fill((await json.inputValue()).replace('"how_much": {', '"how_much" {'));
        await button(offer, 'dialogues.save').click();
        await offer.getByRole('button', { name: /\d/ }).last().waitFor(wait);
        assert.match(await offer.getByRole('alert').innerText(), /JSON/);
      },
    );
  });
}
