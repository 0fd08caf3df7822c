// The third screen: the head with everything that moves it. It is made of the viewer's parts.

import { readAvatar } from '../avatar';
import { cssOf, paintUnder, type BackgroundName } from '../backgrounds';
import { h } from '../dom';
import { Panel, type Page } from '../panel';
import { Show } from '../show';
import { Stage } from '../stage';
import { Transport } from '../transport';

const PICTURE_SCALE = 2;

export class Head {
  readonly element = h('div', { class: 'head' });
  show: Show | null = null;
  readonly stage: Stage;
  private readonly panel: Panel;
  private readonly transport = new Transport();
  private readonly section = h('section', { class: 'stage', 'aria-label': 'Picture' });
  private background: BackgroundName = 'auto';
  private readonly canvas = h('canvas', { tabIndex: 0, role: 'img', 'aria-label': 'The head in 3D. Arrow keys turn it, plus and minus zoom.' });

  /** `extra` are further pages of the panel, by their titles; `again` goes back to the first screen. */
  constructor(extra: Record<string, HTMLElement>, again: () => void) {
    this.element.append(this.section);
    this.section.append(this.canvas);
    this.stage = new Stage(this.canvas);
    const page: Page = {
      stage: this.stage, show: () => this.show, background: 'auto', paint: (name) => this.paint(name), open: again, openLabel: 'New portrait',
      shoot: () => void this.shoot(), extra,
    };
    this.panel = new Panel(page);
    this.section.append(this.panel.views, this.transport.element);
    this.element.append(this.panel.element);
    this.paint('auto');
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.paint(this.background));
    addEventListener('pointermove', (event) => {
      const { left, top, width, height } = this.canvas.getBoundingClientRect();
      this.show?.lookAt({ x: (2 * (event.clientX - left)) / width - 1, y: 1 - (2 * (event.clientY - top)) / height });
    });
    addEventListener('keydown', (event) => this.onkey(event));
  }

  async load(bytes: ArrayBuffer, name: string): Promise<void> {
    const avatar = await readAvatar(bytes, name);
    this.show?.dispose();
    this.show = new Show(avatar, this.stage);
    this.show.onchange = () => { this.panel.weights(this.show!.written); this.transport.update(); };
    this.transport.take(this.show);
    this.panel.take(avatar);
    if (avatar.clips[0] && !matchMedia('(prefers-reduced-motion: reduce)').matches) this.show.play();
  }

  private paint(name: BackgroundName): void {
    this.background = name;
    this.section.style.background = cssOf(name);
  }

  private async shoot(): Promise<void> {
    if (!this.show) return;
    const copy = this.stage.picture(PICTURE_SCALE);
    paintUnder(copy, this.background);
    const blob = await new Promise<Blob | null>((done) => copy.toBlob(done, 'image/png'));
    if (blob) save(blob, 'avatar.png');
  }

  private onkey(event: KeyboardEvent): void {
    if (!this.element.isConnected || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    if (event.key === 'Escape' && target === this.panel.search) target.blur();
    if (target.matches('input:not([type=range]):not([type=checkbox]), select, textarea')) return;
    const presses = target.matches('a, button, summary, input[type=checkbox]');
    if (event.key === ' ' && !presses) this.transport.toggle();
    else if (event.key === ' ' || !this.panel.key(event.key)) return;
    event.preventDefault();
  }
}

/** Have the browser save something. */
export function save(blob: Blob, name: string): void {
  const link = h('a', { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
