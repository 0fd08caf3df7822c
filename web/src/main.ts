// The page: a stage, a panel, clips below, files by drag and drop, and a door for programs: `window.toonface`.

import { readAvatar } from './avatar';
import { cssOf, paintUnder, type BackgroundName } from './backgrounds';
import { h } from './dom';
import { embeddedAsset } from './embedded';
import type { RigName } from './lights';
import { moveBy } from './moved';
import { Panel, type Page } from './panel';
import { Show } from './show';
import { Stage, type ViewName } from './stage';
import type { SurfaceName } from './surfaces';
import { Transport } from './transport';
import './style.css';

/** Pixels of a saved picture for each of the page's. */
const PICTURE_SCALE = 2;
const TOAST_MS = 6000;

const canvas = h('canvas', { tabIndex: 0, role: 'img', 'aria-label': 'The head in 3D. Arrow keys turn it, plus and minus zoom.' });
const status = h('div', { class: 'status', role: 'status' });
const drop = h('div', { class: 'drop', hidden: true }, h('p', {}, 'Drop to open'));
const picker = h('input', { type: 'file', accept: '.glb,.vrm', hidden: true, onchange: () => { if (picker.files?.[0]) void openFile(picker.files[0]); } });
const stageElement = h('section', { class: 'stage', 'aria-label': 'Picture' });

function tell(text: string, kind: 'busy' | 'fault' | '' = ''): void {
  status.textContent = text;
  status.className = `status ${kind}`;
  if (kind === 'fault') setTimeout(() => { if (status.textContent === text) tell(''); }, TOAST_MS);
}

let show: Show | null = null;
let stage: Stage;
let panel: Panel;
const transport = new Transport();

function build(): void {
  document.getElementById('app')!.append(stageElement);
  stageElement.append(canvas);
  stage = new Stage(canvas);
  const page: Page = { stage, show: () => show, background: 'auto', paint, open: () => picker.click(), shoot: () => void save() };
  panel = new Panel(page);
  stageElement.append(panel.views, transport.element, status, drop);
  document.getElementById('app')!.append(panel.element, picker);
  paint('auto');
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => paint(background));
  listen();
}

let background: BackgroundName = 'auto';
function paint(name: BackgroundName): void {
  background = name;
  stageElement.style.background = cssOf(name);
}

/** Show a file's bytes. The head before stays if they cannot be read. */
async function load(bytes: ArrayBuffer, name: string): Promise<void> {
  tell(`Reading ${name} …`, 'busy');
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const avatar = await readAvatar(bytes, name);
  show?.dispose();
  show = new Show(avatar, stage);
  show.onchange = () => { panel.weights(show!.written); transport.update(); };
  transport.take(show);
  panel.take(avatar);
  document.title = `${avatar.name} – toonface`;
  tell('');
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (avatar.clips[0] && !still) show.play();
}

async function openFile(file: File): Promise<void> {
  await attempt(async () => load(await file.arrayBuffer(), file.name));
  picker.value = '';
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error), 'fault');
  }
}

/** The picture with its background, as a PNG file's bytes. */
function picture(scale = PICTURE_SCALE): Promise<Blob> {
  const copy = stage.picture(scale);
  paintUnder(copy, background);
  return new Promise((done, fail) => copy.toBlob((blob) => (blob ? done(blob) : fail(new Error('no picture was made'))), 'image/png'));
}

async function save(): Promise<void> {
  if (!show) return;
  const link = h('a', { href: URL.createObjectURL(await picture()), download: `${show.avatar.name.replace(/\.\w+$/, '')}.png` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function listen(): void {
  window.addEventListener('pointermove', (event) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    show?.lookAt({ x: (2 * (event.clientX - left)) / width - 1, y: 1 - (2 * (event.clientY - top)) / height });
  });
  document.documentElement.addEventListener('pointerleave', () => show?.lookAt(null));
  window.addEventListener('keydown', (event) => {
    const target = event.target as HTMLElement;
    const types = target.matches('input:not([type=range]):not([type=checkbox]), select, textarea');
    if (event.key === 'Escape' && target === panel.search) target.blur();
    if (types || event.ctrlKey || event.metaKey || event.altKey) return;
    const presses = target.matches('button, summary, input[type=checkbox]');
    if (event.key === ' ' && !presses) transport.toggle();
    else if (event.key === ' ' || !panel.key(event.key)) return;
    event.preventDefault();
  });
  let depth = 0;
  const over = (step: number) => { depth = step ? depth + step : 0; drop.hidden = depth <= 0; };
  window.addEventListener('dragenter', (event) => { event.preventDefault(); over(1); });
  window.addEventListener('dragleave', () => over(-1));
  window.addEventListener('dragover', (event) => event.preventDefault());
  window.addEventListener('drop', (event) => {
    event.preventDefault();
    over(0);
    const file = event.dataTransfer?.files[0];
    if (file) void openFile(file);
  });
}

const need = (): Show => {
  if (!show) throw new Error('no head is shown');
  return show;
};

/** For tests, for other pages and for live driving. Weights are by the names of shapes, in [0, 1]. */
const api = {
  /** Resolves when the head that came with the page is there; at once for an empty page. */
  ready: Promise.resolve(),
  load,
  names: () => need().avatar.shapes,
  set: (weights: Record<string, number>) => need().set(weights),
  weights: () => { need().frame(0); return Object.fromEntries(need().written); },
  express: (weights: Record<string, number>) => need().express(weights, true),
  reset: () => need().reset(),
  clips: () => need().avatar.clips.map((clip) => ({ name: clip.name, seconds: clip.duration })),
  play: (name?: string) => need().play(name === undefined ? undefined : need().avatar.clips.find((clip) => clip.name === name)),
  pause: () => need().pause(),
  seek: (seconds: number) => need().seek(seconds),
  time: () => need().player.time,
  follow: (on: boolean) => need().follow(on),
  lookAt: (x: number, y: number) => need().lookAt({ x, y }),
  /** Let some seconds pass at once. */
  pass: (seconds: number) => { for (let left = seconds; left > 0; left -= 0.02) need().frame(Math.min(left, 0.02)); stage.draw(); },
  meshes: () => need().avatar.meshes.map((mesh) => mesh.name),
  /** Vertices of a mesh as they are drawn, x, y and z in turn. */
  positions: (mesh: string) => need().positions(mesh),
  view: (name: ViewName) => stage.look(name),
  light: (name: RigName) => stage.light(name),
  surface: (name: SurfaceName) => panel.useSurface(name),
  background: paint,
  picture,
  stats: () => need().avatar.stats,
  /** Pictures that were drawn so far. */
  drawn: () => stage.renderer.info.render.frame,
};
export type ToonfaceApi = typeof api;
declare global {
  interface Window { toonface: ToonfaceApi }
}
window.toonface = api;

async function start(): Promise<void> {
  const asset = await embeddedAsset();
  if (asset) await load(asset.bytes, asset.name);
  if (asset?.live) moveBy(asset.live, () => show && { show, draw: () => stage.draw() });
  if (!asset) tell('Drop a .glb or .vrm file here, or open one.');
}

try {
  build();
  api.ready = attempt(start);
} catch (error) {
  document.getElementById('app')!.replaceChildren(h('p', { class: 'dead' }, `This browser cannot draw in 3D (${error instanceof Error ? error.message : String(error)}).`));
}
