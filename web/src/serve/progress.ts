// The second screen: the steps appear one by one as pictures.

import { h } from '../dom';
import type { JobEvent } from './job';

/** Steps in their order: the stage that makes them, what they are called, what is seen. */
const STEPS: [name: string, stage: string, label: string, what: string][] = [
  ['portrait', 'stylise', 'Portrait', 'Looking for a face'],
  ['cartoon', 'stylise', 'Cartoon', 'Drawing it as a cartoon'],
  ['landmarks', 'landmarks', 'Points', 'Finding 68 points'],
  ['parsing', 'landmarks', 'Regions', 'Telling skin from hair'],
  ['coarse', 'coarse', 'Model', 'Fitting the face model'],
  ['fine', 'fine', 'Form', 'Bending it into shape'],
  ['textured', 'texture', 'Skin', 'Painting the skin'],
  ['hair', 'hair', 'Hair', 'Dressing the hair'],
  ['preview', 'files', 'Head', 'Teaching it expressions'],
];

export class Progress {
  readonly element: HTMLElement;
  private readonly title = h('h1', { role: 'status' }, 'Sending');
  private readonly bar = h('progress', { max: 1, value: 0, 'aria-label': 'Progress' });
  private readonly large = h('figure', { class: 'large' });
  private readonly faces = h('div', { class: 'faces', hidden: true });
  private readonly tiles = new Map<string, HTMLButtonElement>();
  private readonly pictures = new Map<string, string>();
  private chosen: string | null = null;

  constructor(private readonly picture: Blob, cancel: () => void, private readonly chooseFace: (face: number) => void) {
    for (const [name, , label] of STEPS) {
      this.tiles.set(name, h('button', { type: 'button', class: 'tile', disabled: true, 'aria-label': `Step: ${label}`, onclick: () => { this.chosen = name; this.show(name); } },
        h('span', { class: 'tile-picture' }), h('span', {}, label)));
    }
    this.element = h('section', { class: 'progress' },
      h('div', { class: 'progress-head' }, this.title, h('button', { type: 'button', class: 'quiet', onclick: cancel }, 'Cancel'), this.bar),
      h('div', { class: 'progress-body' }, h('div', {}, this.large, this.faces), h('div', { class: 'tiles' }, ...this.tiles.values())));
    const local = h('img', { alt: 'The portrait', src: URL.createObjectURL(picture), onload: () => URL.revokeObjectURL(local.src) });
    this.large.append(local);
  }

  wait(seconds: number): void {
    this.title.textContent = `The server is busy; trying again in ${seconds} s`;
  }

  hear(event: JobEvent, address: (file: string) => string): void {
    if (event.kind === 'queued') this.title.textContent = event.ahead ? `Waiting: ${event.ahead} before you` : 'You are next';
    if (event.kind === 'stage') this.stage(event.stage, event.share);
    if (event.kind === 'faces') void this.offerFaces(event.boxes, event.chosen);
    if (event.kind === 'picture') this.place(event.name.replace('.jpg', ''), address(event.name));
    if (event.kind === 'done') this.bar.value = 1;
  }

  private stage(stage: string, share: number): void {
    this.bar.value = share;
    const next = STEPS.find(([name, its]) => its === stage && !this.pictures.has(name));
    this.title.textContent = next?.[3] ?? (stage === 'rig' ? 'Making it move' : 'Reading the picture');
    this.await(next?.[0] ?? (stage === 'rig' ? 'preview' : 'portrait'));
  }

  private await(name: string): void {
    for (const [one, tile] of this.tiles) tile.classList.toggle('awaited', one === name);
  }

  private place(name: string, address: string): void {
    this.pictures.set(name, address);
    const tile = this.tiles.get(name);
    if (!tile) return;
    tile.disabled = false;
    const label = STEPS.find(([one]) => one === name)![2];
    tile.firstElementChild!.replaceChildren(h('img', { src: address, alt: label }));
    if (!this.chosen) this.show(name);
    const at = STEPS.findIndex(([one]) => one === name);
    const next = STEPS[at + 1];
    if (next && next[1] === STEPS[at]![1]) {
      this.title.textContent = next[3];
      this.await(next[0]);
    } else this.await('');
  }

  private show(name: string): void {
    const [, , label] = STEPS.find(([one]) => one === name)!;
    this.large.replaceChildren(h('img', { src: this.pictures.get(name)!, alt: label }), h('figcaption', {}, label));
    for (const [one, tile] of this.tiles) tile.setAttribute('aria-pressed', String(one === name));
  }

  /** Several faces were found: let the user choose another than the largest. */
  private async offerFaces(boxes: [number, number, number, number][], chosen: number): Promise<void> {
    const picture = await createImageBitmap(this.picture);
    const buttons = boxes.map(([left, top, right, bottom], face) => {
      const canvas = h('canvas', { width: 96, height: 96 });
      const [width, height] = [(right - left) * picture.width, (bottom - top) * picture.height];
      const side = 1.5 * Math.max(width, height);
      const [x, y] = [left * picture.width + width / 2 - side / 2, top * picture.height + height / 2 - 0.55 * side];
      canvas.getContext('2d')!.drawImage(picture, x, y, side, side, 0, 0, 96, 96);
      return h('button', { type: 'button', 'aria-pressed': String(face === chosen), 'aria-label': `Face ${face + 1} of ${boxes.length}`,
        onclick: () => { if (face !== chosen) this.chooseFace(face); } }, canvas);
    });
    this.faces.replaceChildren(h('p', {}, `${boxes.length} faces. Whose head shall it be?`), h('div', {}, ...buttons));
    this.faces.hidden = false;
  }
}
