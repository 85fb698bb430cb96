// Counts segments with a calculator that others wrote, and compares with ours.
// sms_segments.cjs PROBE JUDGES
'use strict';
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const { createRequire } = require('node:module');
const [probe, judges] = process.argv.slice(2);
const { SegmentedMessage } = createRequire(judges + '/package.json')('sms-segments-calculator');

const hindi = 'गया मंडी में टमाटर का भाव आज 24 रुपये किलो है। ';
const texts = ['', '`', '₹', '🍅', 'Rs 20 / kg', 'नमस्ते'];
for (const letter of ['a', 'न', '€', '{']) {
  for (const count of [1, 66, 67, 68, 69, 70, 71, 76, 77, 80, 81, 133, 134, 135, 152, 153, 154, 159, 160, 161, 201, 202, 305,
    306, 307, 459, 460]) {
    texts.push(letter.repeat(count));
  }
}
// Every character of the GSM alphabet and its neighbours, alone.
for (let code = 10; code < 0x400; ++code) {
  if (code === 10 || code === 13 || (code >= 32 && (code < 127 || code > 160))) texts.push(String.fromCharCode(code));
}
for (let i = 1; i < 8; ++i) texts.push(hindi.repeat(i).slice(0, i * 37));

function judge(ours) {
  const wrong = [];
  texts.forEach((text, i) => {
    const theirs = new SegmentedMessage(text, 'auto');
    const expected = {
      ucs2: theirs.getEncodingName() === 'UCS-2',
      segments: Math.max(1, theirs.segmentsCount),
    };
    if (ours[i].ucs2 !== expected.ucs2 || ours[i].segments !== expected.segments) {
      wrong.push({ text: text.slice(0, 30), length: text.length, ours: ours[i], expected });
    }
  });
  return wrong;
}

const run = spawnSync(probe, ['segments'], { input: texts.map((t) => JSON.stringify(t)).join('\n') + '\n', encoding: 'utf8' });
assert.strictEqual(run.status, 0, run.stderr);
const ours = run.stdout.trim().split('\n').map((line) => JSON.parse(line));
assert.strictEqual(ours.length, texts.length);
const wrong = judge(ours);
assert.strictEqual(wrong.length, 0, JSON.stringify(wrong.slice(0, 20), null, 1));
// A counter that forgets the header of each part is refused.
const mutant = ours.map((o) => ({ ...o, segments: Math.max(1, Math.ceil(o.units / (o.ucs2 ? 70 : 160))) }));
assert.ok(judge(mutant).length > 0, 'the judge took a mutant');
console.log(`${texts.length} texts agree`);
