// The first screen: a portrait by drag and drop, from a file, from the clipboard or from the camera, and a style.

import { h, icon } from '../dom';
import { takeSelfie } from './selfie';

export const STYLES: Record<string, [label: string, hint: string]> = {
  soft: ['Soft', 'as in 3D films'],
  bold: ['Bold', 'larger eyes'],
  anime: ['Anime', 'as drawn by hand'],
  none: ['As it is', 'not a cartoon'],
};
const MOST_BYTES = 20 * 2 ** 20;

const FACE = `<svg viewBox="0 0 120 120" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round">
<path d="M30 57c0-25 12-38 31-38s30 13 30 36c0 28-13 48-30 48S30 85 30 57z"/><path d="M29 58c7-4 10-14 12-22 9 11 29 14 49 11"/>
<path d="M43 61c3-3 8-3 11 0M68 61c3-3 8-3 11 0M60 64l-3 12h6M48 85c8 7 17 7 25 0"/></svg>`;

export class Start {
  readonly element: HTMLElement;
  style = 'soft';
  /** Of the style, from 0 to 1. */
  strength = 1;
  private readonly fault = h('p', { class: 'fault-line', role: 'alert', hidden: true });
  private readonly picker = h('input', {
    type: 'file', accept: 'image/*', hidden: true, 'aria-label': 'Portrait',
    onchange: () => { const file = this.picker.files?.[0]; this.picker.value = ''; if (file) this.take(file); },
  });
  private readonly zone: HTMLElement;
  private readonly slider = h('input', {
    type: 'range', id: 'strength', min: '0', max: '1', step: '0.05', value: '1', oninput: () => this.weigh(Number(this.slider.value)),
  });
  private readonly share = h('output', { for: 'strength' });
  private readonly strengths = h('div', { class: 'strength' }, h('label', { for: 'strength' }, 'Strength of the style'), this.slider, this.share);

  constructor(private readonly begin: (picture: Blob) => void) {
    const choose = h('button', { type: 'button', class: 'main', onclick: () => this.picker.click() }, 'Choose a portrait');
    const selfie = h('button', { type: 'button', class: 'second', onclick: () => void this.selfie() }, icon('camera'), 'Take a selfie');
    const art = h('div', { class: 'art' });
    art.innerHTML = FACE;
    this.zone = h('div', { class: 'zone' }, art, h('p', { class: 'zone-title' }, 'Drop a portrait here'),
      h('div', { class: 'zone-buttons' }, choose, selfie),
      h('p', { class: 'hint' }, 'One face from the front, in even light, works best.'));
    this.element = h('section', { class: 'start' },
      h('div', { class: 'brand' }, 'toonface'),
      h('h1', {}, 'One portrait in, a living cartoon head out'),
      this.zone, this.fault, this.styles(), this.strengths, this.picker,
      h('p', { class: 'private' }, 'Nothing leaves this server. Picture and head are deleted after a while.'));
    this.weigh(this.strength);
    this.listen();
  }

  /** Say what went wrong; empty to say nothing. */
  tell(sentence: string): void {
    this.fault.textContent = sentence ? sentence.charAt(0).toUpperCase() + sentence.slice(1) + (/[.!?]$/.test(sentence) ? '' : '.') : '';
    this.fault.hidden = !sentence;
  }

  private styles(): HTMLElement {
    const radios = Object.entries(STYLES).map(([style, [label, hint]]) => {
      const input = h('input', { type: 'radio', name: 'style', value: style, checked: style === this.style, onchange: () => this.choose(style) });
      return h('label', { class: 'style' }, input, h('span', { class: 'style-card' }, h('b', {}, label), h('span', {}, hint)));
    });
    return h('fieldset', { class: 'styles' }, h('legend', {}, 'Style'), ...radios);
  }

  private choose(style: string): void {
    this.style = style;
    this.slider.disabled = style === 'none';
    this.strengths.classList.toggle('off', this.slider.disabled);
  }

  private weigh(strength: number): void {
    this.strength = strength;
    const told = `${Math.round(100 * strength)} %`;
    this.share.value = told;
    this.slider.setAttribute('aria-valuetext', told);
    this.slider.style.setProperty('--share', `${100 * strength}%`);
  }

  private take(file: Blob): void {
    this.tell('');
    if (file.type && !file.type.startsWith('image/')) return this.tell('This is not a picture; choose a JPEG, PNG or WebP file');
    if (file.size > MOST_BYTES) return this.tell('The picture has more than 20 MB; choose a smaller one');
    this.begin(file);
  }

  private async selfie(): Promise<void> {
    this.tell('');
    try {
      const picture = await takeSelfie();
      if (picture) this.take(picture);
    } catch (error) {
      this.tell(error instanceof Error ? error.message : String(error));
    }
  }

  private listen(): void {
    let depth = 0;
    const over = (step: number) => { depth = step ? Math.max(depth + step, 0) : 0; this.zone.classList.toggle('over', depth > 0); };
    const here = () => this.element.isConnected;
    addEventListener('dragenter', (event) => { event.preventDefault(); over(1); });
    addEventListener('dragleave', () => over(-1));
    addEventListener('dragover', (event) => event.preventDefault());
    addEventListener('drop', (event) => {
      event.preventDefault();
      over(0);
      const file = event.dataTransfer?.files[0];
      if (file && here()) this.take(file);
    });
    addEventListener('paste', (event) => {
      const file = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith('image/'));
      if (file && here()) this.take(file);
    });
  }
}
