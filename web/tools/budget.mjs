// The byte budget: what the office's first view needs (entry, one language, shell, today) must fit
// into 130 KB of gzip, JavaScript and styles together. Fonts and maps come after and count apart.
import { readFileSync, rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const budgetBytes = 130_000;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));
const firstView = ['index.html', '../i18n/web/hi.json', 'src/pages/today/Today.svelte'];

const files = new Set();
function need(key) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`budget: ${key} is not in the manifest`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const other of chunk.imports ?? []) need(other);
}
firstView.forEach(need);

let total = 0;
for (const file of files) {
  const bytes = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
  total += bytes;
  console.log(`${String(bytes).padStart(7)}  ${file}`);
}
console.log(`${String(total).padStart(7)}  first view of the office, gzip (budget ${budgetBytes})`);
if (total > budgetBytes) {
  console.error('budget: the first view is too heavy');
  process.exit(1);
}
if (
  /<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/.test(
    readFileSync(new URL('index.html', dist), 'utf8'),
  )
) {
  console.error("budget: index.html has something inline; the policy is default-src 'self'");
  process.exit(1);
}
// The manifest was for this check alone; what is left in dist is what is served.
rmSync(new URL('.vite/', dist), { recursive: true });
