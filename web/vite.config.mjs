// Two pages of one file each. `viewer` is what `toonface view` shows and `toonface create --viewer` puts an avatar into;
// `vite build --mode studio` makes the page of `toonface serve`, and packs what runs the networks in a browser.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { defaultClientConditions, defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

const FOLDERS = { viewer: ['src'], studio: ['src', 'src/serve'] };
const out = process.env.TOONFACE_WEB_OUT ?? '../src/toonface/data/web';

/** Of everything that a page is made of; a test compares it with the sources, so that a stale page is found without Node. */
function sourcesHash(page) {
  const filesOf = (folder) => readdirSync(new URL(`./${folder}`, import.meta.url), { withFileTypes: true }).filter((one) => one.isFile());
  const inside = FOLDERS[page].flatMap((folder) => filesOf(folder).map((one) => `${folder}/${one.name}`));
  const hash = createHash('sha256');
  for (const name of [...inside, 'package-lock.json', `${page}.html`, 'vite.config.mjs'].sort()) {
    hash.update(`${name}\0`).update(readFileSync(new URL(name, import.meta.url)));
  }
  return hash.digest('hex');
}

const licence = (name) => readFileSync(new URL(`./node_modules/${name}/LICENSE`, import.meta.url), 'utf8').trim();
const banner = (page) => `<!--
This page holds, beside the code of toonface (MIT):

three.js
${licence('three')}

three-vrm
${licence('@pixiv/three-vrm')}
${page === 'studio' ? `\nonnxruntime-web\n${ORT_LICENCE}\n` : ''}-->
<meta name="toonface-sources" content="${sourcesHash(page)}" />`;

/** The package has no file of it: it names the licence of ONNX Runtime. */
const ORT_LICENCE = 'Copyright (c) Microsoft Corporation. MIT License, as above.';

/** What runs the networks: compiled code, which would be half of the package unpacked. */
const packed = {
  name: 'packed',
  closeBundle() {
    const [wasm, glue] = ['wasm', 'mjs'].map((end) =>
      readFileSync(new URL(`./node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.${end}`, import.meta.url)));
    writeFileSync(new URL(`${out}/ort.wasm.gz`, import.meta.url), gzipSync(wasm, { level: 9 }));
    writeFileSync(new URL(`${out}/ort.mjs`, import.meta.url), glue);
  },
};

/** The networks' code comes beside the page: left to itself, the bundler would put it inside as text. */
const beside = {
  name: 'beside',
  enforce: 'pre',
  transform(code, id) {
    return /onnxruntime-web/.test(id) ? code.replace(/new URL\(("[^"]+\.(?:wasm|mjs)"),\s*import\.meta\.url\)/g, '({ href: $1 })') : null;
  },
};

export default defineConfig(({ mode }) => {
  const page = mode === 'studio' ? 'studio' : 'viewer';
  return settings(page);
});

const settings = (page) => ({
  base: './',
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
  logLevel: 'warn',
  build: {
    outDir: out,
    emptyOutDir: false,
    target: 'es2022',
    modulePreload: false,
    chunkSizeWarningLimit: 2000,
    rollupOptions: { input: `${page}.html` },
  },
  worker: { format: 'es', plugins: () => [beside] },
  plugins: [
    viteSingleFile({ removeViteModuleLoader: true }),
    {
      name: 'licences',
      enforce: 'post',
      transformIndexHtml: { order: 'post', handler: (html) => html.replace('<head>', `<head>\n${banner(page)}`) },
    },
    ...(page === 'studio' ? [packed] : []),
  ],
});