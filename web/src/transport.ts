// Plays, pauses and scrubs the clips of a head.

import { h, icon } from './dom';
import type { Show } from './show';

const SPEEDS = [0.25, 0.5, 1, 1.5, 2];

export class Transport {
  readonly element: HTMLElement;
  private show: Show | null = null;
  private readonly button = h('button', { type: 'button', class: 'round', onclick: () => this.toggle() });
  private readonly clips = h('select', { 'aria-label': 'Clip', onchange: () => this.choose() });
  private readonly speed = h('select', { 'aria-label': 'Speed', onchange: () => { if (this.show) this.show.player.speed = Number(this.speed.value); } },
    ...SPEEDS.map((speed) => h('option', { value: String(speed), selected: speed === 1 }, `${speed}×`)));
  private readonly place = h('input', { type: 'range', min: '0', max: '1', step: '0.001', 'aria-label': 'Time', oninput: () => this.seek() });
  private readonly told = h('output', {}, '0.0 s');
  private playing: boolean | null = null;

  constructor() {
    this.element = h('div', { class: 'transport', hidden: true }, this.button, this.clips, this.place, this.told, this.speed);
  }

  take(show: Show): void {
    this.show = show;
    this.element.hidden = !show.avatar.clips.length;
    this.clips.replaceChildren(...show.avatar.clips.map((clip, i) => h('option', { value: String(i) }, clip.name || `clip ${i + 1}`)));
    show.player.speed = Number(this.speed.value);
    show.player.choose(show.avatar.clips[0] ?? null);
    this.update();
  }

  toggle(): void {
    if (!this.show?.player.clip) return;
    if (this.show.player.playing) this.show.pause();
    else this.show.play();
  }

  update(): void {
    const player = this.show?.player;
    if (!player?.clip) return;
    if (player.playing !== this.playing) {
      this.playing = player.playing;
      this.button.replaceChildren(icon(this.playing ? 'pause' : 'play'));
      this.button.setAttribute('aria-label', this.playing ? 'Pause' : 'Play');
    }
    const index = String(this.show!.avatar.clips.indexOf(player.clip));
    if (this.clips.value !== index) this.clips.value = index;
    const share = player.time / Math.max(player.clip.duration, 1e-3);
    this.place.value = String(share);
    this.place.style.setProperty('--share', `${100 * share}%`);
    this.told.value = `${player.time.toFixed(1)} s`;
  }

  private choose(): void {
    const clip = this.show?.avatar.clips[Number(this.clips.value)];
    if (clip) this.show!.play(clip);
  }

  private seek(): void {
    const clip = this.show?.player.clip;
    if (clip) this.show!.seek(Number(this.place.value) * clip.duration);
  }
}
