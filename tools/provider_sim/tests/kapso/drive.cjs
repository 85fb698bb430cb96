// An independent client of the Cloud API drives provider_sim: what it sends is accepted, what is
// wrong is refused with Meta's codes, and the webhooks pass its signature check and its reading.
// node drive.cjs PROVIDER_SIM JUDGES_FOLDER
'use strict';
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const http = require('node:http');
const { createRequire } = require('node:module');
const path = require('node:path');

const [binary, judges] = process.argv.slice(2);
const fromJudges = createRequire(path.resolve(judges, 'package.json'));
const { WhatsAppClient, buildTemplateSendPayload } = fromJudges('@kapso/whatsapp-cloud-api');
const { verifySignature, normalizeWebhook } = fromJudges('@kapso/whatsapp-cloud-api/server');

const didi = '+919812345678';
const phoneNumberId = '111';
const appSecret = 'secret of the app';
const statuses = [];
const messages = [];
let moved = () => {};

function listen() {
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const rawBody = Buffer.concat(chunks).toString('utf8');
      const signatureHeader = request.headers['x-hub-signature-256'];
      assert.ok(verifySignature({ appSecret, rawBody, signatureHeader }), 'signature');
      assert.ok(!verifySignature({ appSecret: 'other', rawBody, signatureHeader }));
      const events = normalizeWebhook(JSON.parse(rawBody));
      statuses.push(...events.statuses);
      messages.push(...events.messages);
      response.end();
      moved();
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function start(webhookPort) {
  const child = spawn(binary, [
    '--webhook-url', `http://127.0.0.1:${webhookPort}/hook`, '--app-secret', appSecret,
    '--access-token', 'token', '--phone-number-id', phoneNumberId,
    '--delivered-ms', '1-5', '--read-ms', '1-5',
  ], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.stdout.once('data', (line) => resolve([child, JSON.parse(line).port]));
  });
}

async function until(isSo, what) {
  const patience = AbortSignal.timeout(20_000);
  const tooLate = new Promise((_, reject) => {
    patience.addEventListener('abort', () => reject(new Error(`never came: ${what}`)));
  });
  while (!isSo()) await Promise.race([new Promise((resolve) => { moved = resolve; }), tooLate]);
}

async function refusedWith(code, promise) {
  await assert.rejects(promise, (error) => {
    assert.equal(error.code, code, error.message);
    return true;
  });
}

async function main() {
  const server = await listen();
  const [child, port] = await start(server.address().port);
  const base = `http://127.0.0.1:${port}`;
  const control = async (where, body) => {
    const answer = await fetch(`${base}/sim/${where}`, body && { method: 'POST', body: JSON.stringify(body) });
    assert.equal(answer.status, 200, where);
    return answer.json();
  };
  try {
    await control('templates', { templates: [
      { name: 'wanted', language: 'hi', body: '{{1}}, {{2}} चाहिए', buttons: ['हाँ'] }] });
    await control('phones', { phones: [{ number: didi, name: 'सुनीता देवी', rules: [
      { when: { template: 'wanted' }, reply: { text: '20 किलो आम का अचार' } },
      { when: { buttons: true }, reply: { button: 1 } }] }] });
    const client = new WhatsAppClient({ accessToken: 'token', baseUrl: base });
    const to = { phoneNumberId, to: didi };

    await refusedWith(131047, client.messages.sendText({ ...to, body: 'बहुत जल्दी' }));
    const template = buildTemplateSendPayload({
      name: 'wanted', language: 'hi',
      body: [{ type: 'text', text: 'दीदी' }, { type: 'text', text: 'आम' }] });
    const sent = await client.messages.sendTemplate({ ...to, template });
    const wamid = sent.messages[0].id;
    assert.ok(wamid.startsWith('wamid.'));
    assert.ok(Buffer.from(wamid.slice(6), 'base64').includes('919812345678'));
    await until(() => messages.length === 1, 'the answer to the template');
    assert.equal(messages[0].text.body, '20 किलो आम का अचार');
    await until(() => statuses.some((s) => s.id === wamid && s.status === 'read'), 'read');

    await client.messages.markRead({ phoneNumberId, messageId: messages[0].id });
    await client.messages.sendText({ ...to, body: 'नमस्ते' });
    await client.messages.sendInteractiveButtons({ ...to, bodyText: 'सही है?', buttons: [
      { id: 'yes', title: 'हाँ' }, { id: 'no', title: 'नहीं' }] });
    await until(() => messages.length === 2, 'the tapped button');
    assert.equal(messages[1].interactive.buttonReply.id, 'no');
    await client.messages.sendInteractiveList({ ...to, bodyText: 'चुनें', buttonText: 'सूची',
      sections: [{ title: 'अचार', rows: [{ id: 'a', title: 'आम' }, { id: 'b', title: 'नींबू' }] }] });
    await client.messages.sendLocation({ ...to, location: { latitude: 25.6, longitude: 85.1, name: 'पटना' } });
    await client.messages.sendReaction({ ...to, reaction: { messageId: messages[0].id, emoji: '👍' } });

    const media = await client.media.upload({ phoneNumberId, type: 'image/png', fileName: 'a.png',
      file: new Blob(['not really a picture'], { type: 'image/png' }) });
    await client.messages.sendImage({ ...to, image: { id: media.id, caption: 'अचार' } });

    await refusedWith(132001, client.messages.sendTemplate({ ...to,
      template: buildTemplateSendPayload({ name: 'unheard_of', language: 'hi' }) }));
    const stranger = new WhatsAppClient({ accessToken: 'wrong', baseUrl: base });
    await refusedWith(190, stranger.messages.sendText({ ...to, body: 'x' }));
    await control('faults', { next: [{ count: 1, code: 131056, http: 400 }] });
    await refusedWith(131056, client.messages.sendText({ ...to, body: 'x' }));

    const summary = await control('summary');
    assert.deepEqual(summary.accepted_more_than_once_by_callback, []);
    assert.equal(summary.accepted, 7);
    console.log(JSON.stringify({ accepted: summary.accepted, statuses: statuses.length, messages: messages.length }));
  } finally {
    child.kill('SIGTERM');
    server.close();
    server.closeAllConnections();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
