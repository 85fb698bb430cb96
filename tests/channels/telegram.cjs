// grammY makes the same calls: its bodies must be ours. Then it drives the simulated Bot API.
// telegram.cjs PROBE PROVIDER_SIM JUDGES
'use strict';
const assert = require('node:assert');
const http = require('node:http');
const { spawn, spawnSync } = require('node:child_process');
const { createRequire } = require('node:module');
const [probe, simulator, judges] = process.argv.slice(2);
const { Bot, InlineKeyboard, GrammyError, webhookCallback } = createRequire(judges + '/package.json')('grammy');

function listen(handler) {
  return new Promise((done) => {
    const server = http.createServer(handler).listen(0, '127.0.0.1', () => done(server));
  });
}
const url = (server) => `http://127.0.0.1:${server.address().port}`;

async function theirs() {
  const seen = [];
  const server = await listen((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += chunk; });
    request.on('end', () => {
      seen.push({ method: request.url.split('/').pop(), body: JSON.parse(body) });
      response.setHeader('content-type', 'application/json');
      response.end('{"ok":true,"result":true}');
    });
  });
  const api = new Bot('42:AA', { client: { apiRoot: url(server) } }).api;
  await api.sendMessage(77, 'नमस्ते "दीदी"\n🍅');
  await api.sendMessage(-1001234567890, '40 किलो?', {
    reply_markup: new InlineKeyboard().text('हाँ', 'a:1').row().text('नहीं', 'a:2'),
  });
  await api.answerCallbackQuery('4382bfdwdsb323b2d9');
  await api.setWebhook('https://haat.example/hooks/telegram', {
    secret_token: 's-1_A', allowed_updates: ['message', 'callback_query', 'my_chat_member'],
  });
  server.close();
  return seen;
}

async function drive() {
  const child = spawn(simulator, ['--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const port = await new Promise((done, fail) => {
      child.stdout.once('data', (line) => done(JSON.parse(line).port));
      child.once('exit', () => fail(new Error('provider_sim ended')));
    });
    const root = `http://127.0.0.1:${port}`;
    const control = (path, body) => fetch(`${root}/sim/telegram/${path}`, { method: 'POST', body: JSON.stringify(body) });
    const bot = new Bot('42:simulated', {
      client: { apiRoot: root }, botInfo: { id: 42, is_bot: true, first_name: 'haat', username: 'haat_bot' },
    });
    let pressed;
    const press = new Promise((done) => { pressed = done; });
    bot.on('callback_query:data', (context) => pressed(context.callbackQuery.data));
    const take = webhookCallback(bot, 'http', { secretToken: 's-1_A' });
    const server = await listen(take);
    await control('chats', { chat_id: 77, presses: 0 });
    await bot.api.setWebhook(url(server), { secret_token: 's-1_A' });
    const sent = await bot.api.sendMessage(77, '?', { reply_markup: new InlineKeyboard().text('a', 'a:1') });
    assert.strictEqual(sent.chat.id, 77);
    assert.strictEqual(await press, 'a:1');
    const refused = async (code) => {
      try {
        await bot.api.sendMessage(77, 'x');
      } catch (error) {
        assert.ok(error instanceof GrammyError);
        assert.strictEqual(error.error_code, code);
        return error.parameters;
      }
      assert.fail('sent');
    };
    await control('faults', { next: [{ count: 1, code: 429 }] });
    assert.strictEqual((await refused(429)).retry_after, 1);
    await control('chats', { chat_id: 77, blocked: true });
    await refused(403);
    server.close();
    server.closeAllConnections();
  } finally {
    child.kill('SIGTERM');
  }
}

(async () => {
  const run = spawnSync(probe, ['telegram'], { encoding: 'utf8' });
  assert.strictEqual(run.status, 0, run.stderr);
  const ours = run.stdout.trim().split('\n').map((line) => JSON.parse(line));
  const expected = await theirs();
  assert.deepStrictEqual(ours, expected);
  const mutant = structuredClone(ours);
  mutant[0].body.chat_id = '77';
  assert.throws(() => assert.deepStrictEqual(mutant, expected), 'the judge took a mutant');
  await drive();
  console.log('grammY agrees');
})().catch((error) => { console.error(error); process.exit(1); });
