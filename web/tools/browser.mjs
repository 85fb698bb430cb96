// npm run browser: the tests of tests/browser in a real Chromium. With HAAT_URL they run against that
// server; without it the built pages are served here, with the mock answering.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../../tests/browser/', import.meta.url);
const wanted = process.argv.slice(2);
const tests = readdirSync(folder)
  .filter(
    (name) =>
      name.endsWith('.test.mjs') &&
      (wanted.length === 0 || wanted.some((word) => name.includes(word))),
  )
  .map((name) => fileURLToPath(new URL(name, folder)));

let server = null;
const env = { ...process.env };
if (!env.HAAT_URL) {
  process.env.NODE_ENV = 'production';
  const { preview } = await import('vite');
  server = await preview({
    root: fileURLToPath(new URL('..', import.meta.url)),
    preview: { host: '127.0.0.1', port: 0 },
    logLevel: 'warn',
  });
  const address = server.httpServer.address();
  env.HAAT_URL = `http://127.0.0.1:${address.port}`;
}
const run = spawn(process.execPath, ['--test', '--test-concurrency=1', ...tests], {
  stdio: 'inherit',
  env,
});
run.on('exit', (code) => {
  server?.httpServer.closeAllConnections?.();
  server?.close();
  process.exit(code ?? 1);
});
