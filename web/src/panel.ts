// Everything round the picture: the header, expressions and sliders, light and background, clips.

import type { Avatar } from './avatar';
import { BACKGROUND_LABELS, cssOf, type BackgroundName } from './backgrounds';
import { choice, h, icon, toggle } from './dom';
import { RIG_LABELS, type RigName } from './lights';
import { EXPRESSIONS, randomExpression } from './shapes';
import type { Show } from './show';
import { Sliders } from './sliders';
import type { Stage, ViewName } from './stage';
import { SURFACE_LABELS, type SurfaceName } from './surfaces';

/** What the panel asks of the page. */
export interface Page {
  stage: Stage;
  show: () => Show | null;
  background: BackgroundName;
  paint: (name: BackgroundName) => void;
  open: () => void;
  shoot: () => void;
}

const VIEW_LABELS: Record<ViewName, string> = { front: 'Front', quarter: '¾', side: 'Side', back: 'Back' };
const KEYS: [keys: string, what: string][] = [
  ['Space', 'play or pause'], ['R', 'back to neutral'], ['X', 'random expression'], ['G', 'follow the pointer'], ['W', 'wireframe'],
  ['P', 'save a picture'], ['/', 'search'], ['1 2 3 4', 'front, ¾, side, back'], ['← → ↑ ↓ + −', 'turn and zoom the picture that has the focus'],
];

export class Panel {
  readonly element: HTMLElement;
  readonly views: HTMLElement;
  readonly search = h('input', { type: 'search', placeholder: 'Search shapes', 'aria-label': 'Search shapes', oninput: () => this.sliders?.filter(this.search.value) });
  private sliders: Sliders | null = null;
  private readonly title = h('h1', {}, 'toonface');
  private readonly facts = h('p', { class: 'facts' }, 'Drop a .glb or .vrm file here.');
  private readonly list = h('div', {});
  private readonly table = h('dl', { class: 'stats' });
  private readonly expressions = h('div', { class: 'chips', role: 'group', 'aria-label': 'Expressions' });
  private readonly gaze = toggle('Follow pointer', false, (on) => this.page.show()?.follow(on), 'Eyes and head follow the pointer');
  private readonly mirror = toggle('Both sides', false, (on) => { if (this.sliders) this.sliders.mirrored = on; }, 'Left and right move together');
  private readonly surfaces: HTMLElement & { choose: (name: SurfaceName) => void };
  private surface: SurfaceName = 'picture';

  constructor(private readonly page: Page) {
    const { stage } = page;
    this.surfaces = choice<SurfaceName>('Surface', SURFACE_LABELS, 'picture', (name) => this.useSurface(name));
    const looks = Object.fromEntries(Object.keys(VIEW_LABELS).map((view) => [view, () => stage.look(view as ViewName)]));
    this.views = h('div', { class: 'views', role: 'group', 'aria-label': 'View' }, ...Object.entries(VIEW_LABELS).map(([view, label]) =>
      h('button', { type: 'button', 'aria-label': `View: ${view}`, onclick: looks[view] }, label)));
    const tabs = this.tabs({ Face: this.facePage(), Scene: this.scenePage() });
    this.element = h('aside', { class: 'panel', 'aria-label': 'Controls' },
      h('header', {}, h('div', { class: 'name' }, this.title, this.facts),
        h('button', { type: 'button', class: 'round', 'aria-label': 'Open a file', title: 'Open a .glb or .vrm file', onclick: page.open }, icon('open')),
        h('button', { type: 'button', class: 'round', 'aria-label': 'Save a picture', title: 'Save a picture (P)', onclick: page.shoot }, icon('camera'))),
      ...tabs);
  }

  /** Show the controls of a head that has just come. */
  take(avatar: Avatar): void {
    const { stats } = avatar;
    const number = new Intl.NumberFormat('en');
    const size = stats.bytes > 1e6 ? `${(stats.bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(stats.bytes / 1e3)} kB`;
    this.title.textContent = avatar.name.replace(/\.(glb|vrm)$/i, '');
    this.facts.textContent = `${number.format(stats.triangles)} triangles · ${stats.shapes} shapes · ${size}`;
    const rows = { Triangles: stats.triangles, Vertices: stats.vertices, Shapes: stats.shapes, Meshes: stats.meshes, Joints: stats.joints, Clips: avatar.clips.length };
    this.table.replaceChildren(...Object.entries(rows).flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, number.format(value))]),
      h('dt', {}, 'File size'), h('dd', {}, size));
    this.sliders = new Sliders(avatar.shapes, (weights) => this.page.show()?.set(weights));
    this.sliders.mirrored = this.mirror.input.checked;
    this.list.replaceChildren(this.sliders.element);
    this.search.value = '';
    const known = new Set(avatar.shapes);
    const possible = Object.entries(EXPRESSIONS).filter(([, weights]) => Object.keys(weights).every((name) => known.has(name)));
    this.expressions.replaceChildren(...possible.map(([name, weights]) =>
      h('button', { type: 'button', onclick: () => this.page.show()?.express(weights) }, name)));
    this.expressions.hidden = possible.length < 2;
    this.page.show()?.follow(this.gaze.input.checked);
    this.useSurface(this.surface);
  }

  /** Show weights that something else has set. */
  weights(weights: ReadonlyMap<string, number>): void {
    this.sliders?.show(weights);
  }

  randomise(): void {
    const show = this.page.show();
    if (show) show.express(randomExpression(show.avatar.shapes, Math.random));
  }

  useSurface(name: SurfaceName): void {
    this.surface = name;
    this.surfaces.choose(name);
    this.page.show()?.surface(name);
  }

  /** Keys that work wherever no text is typed. */
  key(key: string): boolean {
    const views: Record<string, ViewName> = { 1: 'front', 2: 'quarter', 3: 'side', 4: 'back' };
    const does: Record<string, () => void> = {
      r: () => this.page.show()?.reset(),
      x: () => this.randomise(),
      g: () => this.gaze.input.click(),
      w: () => this.useSurface(this.surface === 'wire' ? 'picture' : 'wire'),
      p: () => this.page.shoot(),
      '/': () => this.search.focus(),
    };
    const view = views[key];
    if (view) this.page.stage.look(view);
    does[key.toLowerCase()]?.();
    return view !== undefined || key.toLowerCase() in does;
  }

  private facePage(): HTMLElement {
    return h('div', {},
      h('h2', { class: 'unseen' }, 'Expressions'), this.expressions,
      h('div', { class: 'tools' }, this.search,
        h('button', { type: 'button', class: 'quiet', title: 'Back to neutral (R)', onclick: () => this.page.show()?.reset() }, 'Reset'),
        h('button', { type: 'button', class: 'quiet', title: 'Random expression (X)', onclick: () => this.randomise() }, 'Randomise')),
      h('div', { class: 'switches' }, this.gaze, this.mirror),
      h('h2', { class: 'unseen' }, 'Shapes'), this.list);
  }

  private scenePage(): HTMLElement {
    const { stage } = this.page;
    const slider = (label: string, range: [number, number, number, number], told: (value: number) => string, change: (value: number) => void) => {
      const [min, max, step, value] = range;
      const output = h('output', {}, told(value));
      const id = `scene-${label.toLowerCase().replace(/\W+/g, '-')}`;
      const input = h('input', { type: 'range', id, min: String(min), max: String(max), step: String(step), oninput: () => set() });
      input.value = String(value);
      const set = () => {
        output.value = told(Number(input.value));
        input.style.setProperty('--share', `${(100 * (Number(input.value) - min)) / (max - min)}%`);
        change(Number(input.value));
      };
      input.style.setProperty('--share', `${(100 * (value - min)) / (max - min)}%`);
      return h('div', { class: 'row' }, h('label', { for: id }, label), input, output);
    };
    const swatches = h('div', { class: 'swatches', role: 'group', 'aria-label': 'Background' });
    for (const [name, label] of Object.entries(BACKGROUND_LABELS) as [BackgroundName, string][]) {
      const button = h('button', {
        type: 'button', 'aria-label': `Background: ${label}`, title: label, 'aria-pressed': String(name === this.page.background),
        onclick: () => {
          for (const one of swatches.children) one.setAttribute('aria-pressed', String(one === button));
          this.page.paint(name);
        },
      });
      button.style.background = name === 'auto' ? `linear-gradient(115deg, #fbf8f4 50%, #29262f 50%)` : cssOf(name);
      swatches.append(button);
    }
    return h('div', { class: 'scene' },
      h('h2', {}, 'Light'),
      choice<RigName>('Light', RIG_LABELS, 'studio', (rig) => stage.light(rig)),
      slider('Exposure', [-2, 2, 0.1, 0], (stops) => `${stops > 0 ? '+' : ''}${stops.toFixed(1)}`, (stops) => stage.expose(stops)),
      slider('Turn light', [-180, 180, 5, 0], (degrees) => `${degrees}°`, (degrees) => { stage.lights.turn((degrees * Math.PI) / 180); stage.draw(); }),
      toggle('Shadows', !stage.modest, (on) => { stage.lights.castShadows(on); stage.draw(); }),
      h('h2', {}, 'Surface'), this.surfaces,
      h('h2', {}, 'Background'), swatches,
      h('h2', {}, 'File'), this.table,
      h('h2', {}, 'Keys'),
      h('dl', { class: 'keys' }, ...KEYS.flatMap(([keys, what]) => [h('dt', {}, h('kbd', {}, keys)), h('dd', {}, what)])));
  }

  private tabs(pages: Record<string, HTMLElement>): HTMLElement[] {
    const names = Object.keys(pages);
    const buttons = names.map((name) => h('button', {
      type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `page-${name}`, onclick: () => open(name),
      onkeydown: (event: KeyboardEvent) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) open(names[(names.indexOf(name) + step + names.length) % names.length]!, true);
      },
    }, name));
    const sheets = names.map((name) => h('section', { class: 'page', role: 'tabpanel', id: `page-${name}`, 'aria-labelledby': `tab-${name}` }, pages[name]!));
    const open = (chosen: string, focus = false) => names.forEach((name, i) => {
      buttons[i]!.setAttribute('aria-selected', String(name === chosen));
      buttons[i]!.tabIndex = name === chosen ? 0 : -1;
      sheets[i]!.hidden = name !== chosen;
      if (focus && name === chosen) buttons[i]!.focus();
    });
    open(names[0]!);
    return [h('div', { class: 'tabs', role: 'tablist' }, ...buttons), ...sheets];
  }
}
