// What can be taken home, and how it was made.

import { h } from '../dom';
import type { FileSizes, Job } from './job';

const LABELS: Record<string, [title: string, what: string]> = {
  'avatar.glb': ['GLB', 'Blender, Unity, Unreal, Godot, the web'],
  'avatar.vrm': ['VRM', 'VSeeFace, Warudo, VRChat by way of Unity'],
  'small.glb': ['Small GLB', 'a quarter of the size, for the web'],
  'viewer.html': ['Viewer', 'one page with the head inside, opens by double click'],
};
const STEPS: Record<string, string> = {
  portrait: 'Portrait', cartoon: 'Cartoon', landmarks: 'Points', parsing: 'Regions', coarse: 'Model', fine: 'Form', textured: 'Skin', hair: 'Hair',
};

/** The list of files, the pictures of all steps, and what the pipeline wants the user to know. */
export function downloads(job: Job, files: FileSizes, notes: readonly string[]): HTMLElement {
  const size = (bytes: number) => (bytes > 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`);
  const rows = Object.entries(LABELS).filter(([name]) => name in files).map(([name, [title, what]]) =>
    h('a', { class: 'download', href: job.address(name), download: '' },
      h('b', {}, title), h('span', { class: 'count' }, size(files[name]!)), h('span', { class: 'what' }, what)));
  const steps = Object.entries(STEPS).map(([name, label]) =>
    h('figure', {}, h('img', { src: job.address(`${name}.jpg`), alt: label, loading: 'lazy' }), h('figcaption', {}, label)));
  return h('div', { class: 'scene' },
    h('h2', {}, 'Files'), h('div', { class: 'downloads' }, ...rows),
    h('h2', {}, 'How it was made'), h('div', { class: 'made' }, ...steps),
    ...(notes.length ? [h('h2', {}, 'Notes'), h('ul', { class: 'notes' }, ...notes.map((note) => h('li', {}, note)))] : []));
}
