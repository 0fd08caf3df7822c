// One page in one file: what `toonface view` shows, and what `toonface create --viewer` puts an avatar into.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

/** Of everything that the page is made of; a test compares it with the sources, so that a stale page is found without Node. */
function sourcesHash() {
  const inside = readdirSync(new URL('./src', import.meta.url)).map((name) => `src/${name}`);
  const hash = createHash('sha256');
  for (const name of [...inside, 'package-lock.json', 'viewer.html', 'vite.config.mjs'].sort()) {
    hash.update(`${name}\0`).update(readFileSync(new URL(name, import.meta.url)));
  }
  return hash.digest('hex');
}

const licence = (name) => readFileSync(new URL(`./node_modules/${name}/LICENSE`, import.meta.url), 'utf8').trim();
const banner = `<!--
This page holds, beside the code of toonface (MIT):

three.js
${licence('three')}

three-vrm
${licence('@pixiv/three-vrm')}
-->
<meta name="toonface-sources" content="${sourcesHash()}" />`;

export default defineConfig({
  base: './',
  logLevel: 'warn',
  build: {
    outDir: process.env.TOONFACE_WEB_OUT ?? '../src/toonface/data/web',
    emptyOutDir: false,
    target: 'es2022',
    modulePreload: false,
    chunkSizeWarningLimit: 2000,
    rollupOptions: { input: 'viewer.html' },
  },
  plugins: [
    viteSingleFile({ removeViteModuleLoader: true }),
    {
      name: 'licences',
      enforce: 'post',
      transformIndexHtml: { order: 'post', handler: (html) => html.replace('<head>', `<head>\n${banner}`) },
    },
  ],
});
