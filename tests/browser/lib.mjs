// What every browser test needs: Chromium, a signed-in page in one of four looks, and the checks that
// hold on every page. HAAT_URL, HAAT_LOGIN, HAAT_PASSWORD say against what (HAAT_LOGIN_HOUSE,
// _CASHIER, _JAIL for the other roles, with the same password); HAAT_SHOTS, a folder, keeps pictures.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axePath = require.resolve('axe-core/axe.min.js');

export const base = process.env.HAAT_URL ?? 'http://127.0.0.1:4173';
/** Who signs in for what: each role does only its own work. HAAT_LOGIN_HOUSE and so on name others. */
const logins = {
  office: process.env.HAAT_LOGIN ?? 'state',
  house: process.env.HAAT_LOGIN_HOUSE ?? 'house',
  cashier: process.env.HAAT_LOGIN_CASHIER ?? 'mall',
  buyer: process.env.HAAT_LOGIN_BUYER ?? 'shop',
  didi: process.env.HAAT_LOGIN_DIDI ?? 'didi',
  jail: process.env.HAAT_LOGIN_JAIL ?? 'jail',
};
const password = process.env.HAAT_PASSWORD ?? 'haat-namuna-2026';
const shots = process.env.HAAT_SHOTS ?? '';

export const looks = [
  { name: '360-hi-light', width: 360, height: 740, language: 'hi', theme: 'light' },
  { name: '360-hi-dark', width: 360, height: 740, language: 'hi', theme: 'dark' },
  { name: '1280-en-light', width: 1280, height: 900, language: 'en', theme: 'light' },
  { name: '1280-en-dark', width: 1280, height: 900, language: 'en', theme: 'dark' },
].filter(
  (look) => !process.env.HAAT_LOOKS || process.env.HAAT_LOOKS.split(',').includes(look.name),
);

const words = Object.fromEntries(
  ['hi', 'en'].map((language) => [
    language,
    JSON.parse(readFileSync(new URL(`../../i18n/web/${language}.json`, import.meta.url), 'utf8')),
  ]),
);
/** The word of a key in the language of a look, so that tests find things as people do. */
export function say(look, key, params = {}) {
  const text = words[look.language][key];
  assert.ok(text, `no word for ${key}`);
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(params[name] ?? whole));
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page in this look; what it logs as an error, throws or breaks of its policy is gathered. */
export async function open(browser, look) {
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.theme,
    reducedMotion: 'reduce',
    locale: look.language === 'hi' ? 'hi-IN' : 'en-IN',
  });
  await context.addInitScript((language) => {
    if (!localStorage.getItem('haat.language')) localStorage.setItem('haat.language', language);
  }, look.language);
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    // The browser logs the 401 that says "not signed in" by itself; everything else is ours.
    const expected =
      /status of 401/.test(message.text()) && message.location().url.endsWith('/api/session');
    if (!expected) problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  return { context, page, look, problems };
}

/** Signs in, as somebody else if somebody is signed in. */
export async function signIn({ context, page, look, problems }, who = 'office') {
  const before = problems.length;
  await context.clearCookies();
  await page.goto(`${base}/`);
  await page.getByLabel(say(look, 'session.login'), { exact: true }).fill(logins[who]);
  await page.getByLabel(say(look, 'session.password'), { exact: true }).fill(password);
  await page.getByRole('button', { name: say(look, 'session.sign_in') }).click();
  await page
    .getByRole('navigation', { name: say(look, 'nav.label') })
    .first()
    .waitFor({ state: 'attached' });
  await settle(page);
  // A page that asks again by itself, as its message is delivered, did so without a session.
  const found = problems.splice(before);
  problems.push(...found.filter((one) => !/status of 401/.test(one)));
}

/** Waits until nothing is loading any more and the map, if there is one, is drawn. */
export async function settle(page) {
  await page.waitForFunction(
    () =>
      document.querySelector('main h1') !== null &&
      document.querySelector('main [role="status"] i') === null &&
      document.fonts.status === 'loaded',
  );
}

/** What must hold on every page. */
export async function check({ page, look, problems }, name) {
  await settle(page);
  if (shots) {
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: `${shots}/${name}-${look.name}.png`, fullPage: true });
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${name} ${look.name}: ${wide} px wider than the screen`);
  await page.evaluate(readFileSync(axePath, 'utf8'));
  const found = await page.evaluate(() =>
    window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
  const told = found.violations.map(
    (one) =>
      `${one.id}: ${one.help}\n    ${one.nodes
        .slice(0, 4)
        .map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`)
        .join('\n    ')}`,
  );
  assert.deepEqual(told, [], `${name} ${look.name}: axe-core`);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, a[href], select, input:not([type=checkbox]), textarea')]
      .filter((element) => {
        const box = element.getBoundingClientRect();
        const inText = element.matches('a') && getComputedStyle(element).display === 'inline';
        return (
          box.width > 0 &&
          !inText &&
          !element.matches('[data-skip]') &&
          (box.height < 40 || box.width < 40)
        );
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  );
  assert.deepEqual(small, [], `${name} ${look.name}: smaller than 40 px`);
  const unsaid = await page.evaluate(
    (groups) => {
      const keys = [...document.body.innerText.matchAll(/\b([a-z_]+)\.[a-z_]{2,}\b/g)]
        .filter((match) => groups.includes(match[1]))
        .map((match) => match[0]);
      const broken = document.body.innerText.match(/\{\w+\}|\bundefined\b|\bNaN\b|\[object/g) ?? [];
      return [...keys, ...broken];
    },
    [...new Set(Object.keys(words.hi).map((key) => key.split('.')[0]))],
  );
  assert.deepEqual(unsaid, [], `${name} ${look.name}: words missing`);
  assert.deepEqual(problems.splice(0), [], `${name} ${look.name}: errors`);
}

/** Goes to a page by its address without loading the site again. */
export async function visit(page, path) {
  await page.goto(`${base}${path}`);
  await settle(page);
}

/** The first id of a list of the contract, or null. */
export async function firstId(page, list, key) {
  return page.evaluate(
    async ([address, field]) => {
      const answer = await fetch(address);
      if (!answer.ok) return null;
      return (await answer.json()).items[0]?.[field] ?? null;
    },
    [`/api/${list}?limit=1`, key],
  );
}

/** A draft of a plan, written down through the contract, so that there is one to look at. */
export async function makePlan(page) {
  return page.evaluate(async () => {
    const session = await (await fetch('/api/session')).json();
    const text = { template_name: 'haat_notice', params_hi: ['कल मेला है'], params_en: [] };
    const plan = {
      title: 'मेला',
      purpose: 'notice',
      audience: { text: 'place:patna and not contacted:7d' },
      channels: [
        { channel: 'whatsapp', wait_seconds: 21600 },
        { channel: 'sms', wait_seconds: 0 },
      ],
      may_arrive_twice: false,
      mode: 'at_most_once',
      texts: [text, { ...text, params_hi: ['मेले में आइए'] }],
      share_a_percent: 10,
      share_b_percent: 10,
      schedule: { kind: 'weekly', minute_of_day: 600, weekdays: [1, 5] },
      expires_after_seconds: 86400,
      budget_paise: 100000,
      exclude_contacted_days: 0,
    };
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const device_id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    const answer = await fetch('/api/plans', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Haat-Csrf': session.csrf_token },
      body: JSON.stringify({ device_id, plan }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()).plan.plan_id;
  });
}
