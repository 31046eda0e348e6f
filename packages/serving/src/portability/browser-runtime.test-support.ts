import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, delimiter, dirname, extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { PlainTensors, PortableCase, Runtime } from './portable-case.test-support.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/** The Chromium of this machine. */
const CHROMIUM = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((path) => existsSync(path));

/** onnxruntime-web in headless Chromium; undefined where the machine has none. */
export const browserRuntime: Runtime | undefined =
  CHROMIUM === undefined ? undefined : (cases) => runInBrowser(CHROMIUM, cases);

/** What a web page would do with the files of a bundle. */
const PAGE = `<!doctype html><script type="module">
  import * as ort from '/ort/ort.wasm.bundle.min.mjs';
  ort.env.wasm.wasmPaths = '/ort/';
  ort.env.wasm.numThreads = 1;
  const plain = (tensors) => Object.fromEntries(Object.entries(tensors).map(([name, tensor]) =>
    [name, { dtype: tensor.type, shape: tensor.dims, data: Array.from(tensor.data) }]));
  const fed = (feeds) => Object.fromEntries(Object.entries(feeds).map(([name, { dtype, shape, data }]) =>
    [name, new ort.Tensor(dtype, data, shape)]));
  async function run({ path, feeds }) {
    const session = await ort.InferenceSession.create(path, { executionProviders: ['wasm'] });
    return plain(await session.run(fed(feeds)));
  }
  globalThis.runAll = async () => {
    const outputs = [];
    for (const each of await (await fetch('/cases.json')).json()) outputs.push(await run(each));
    return outputs;
  };
</script>`;

async function runInBrowser(
  executablePath: string,
  cases: readonly PortableCase[],
): Promise<readonly PlainTensors[]> {
  const server = await serve(cases);
  // Chromium's own sandbox does not start where tests run as root, as in containers.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction('globalThis.runAll !== undefined');
    return await page.evaluate<readonly PlainTensors[]>('runAll()');
  } finally {
    await browser.close();
    server.close();
  }
}

const TYPES: Readonly<Record<string, string>> = {
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
  '.json': 'application/json',
};

/** Serves the page, onnxruntime-web, the models and the cases: the browser needs no network. */
async function serve(cases: readonly PortableCase[]): Promise<Server> {
  const library = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
  const listed = cases.map(({ feeds }, at) => ({ path: `/models/${at}.onnx`, feeds }));
  const contentsOf = (path: string): Promise<Buffer> | string => {
    if (path === '/') return PAGE;
    if (path === '/cases.json') return JSON.stringify(listed);
    const folder = path.startsWith('/ort/') ? library : undefined;
    const at = listed.findIndex((each) => each.path === path);
    return readFile(folder === undefined ? (cases[at]?.file ?? '') : join(folder, basename(path)));
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    void (async () => {
      const contents = await Promise.resolve(contentsOf(path)).catch(() => undefined);
      const type = path === '/' ? '.html' : extname(path);
      response.writeHead(contents === undefined ? 404 : 200, {
        'content-type': TYPES[type] ?? 'application/octet-stream',
      });
      response.end(contents);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
