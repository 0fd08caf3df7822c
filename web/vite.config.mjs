// One page in one file: what `toonface view` shows, and what `toonface create --viewer` puts an avatar into.
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

const licence = (name) => readFileSync(new URL(`./node_modules/${name}/LICENSE`, import.meta.url), 'utf8').trim();
const banner = `<!--
This page holds, beside the code of toonface (MIT):

three.js
${licence('three')}

three-vrm
${licence('@pixiv/three-vrm')}
-->
`;

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
