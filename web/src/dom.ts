// Elements without a framework.

type Child = Node | string | null;
type Properties = Record<string, unknown>;

/** Make an element. Properties that begin with `on` are listeners, `class`, `aria-*`, `data-*`, `for` and `role` attributes. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value as EventListener);
    else if (name in element && !name.includes('-')) Object.assign(element, { [name]: value });
    else element.setAttribute(name === 'class' ? 'class' : name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const PATHS: Record<string, string> = {
  play: 'M8 5.5v13l11-6.5z',
  pause: 'M7 5h3.6v14H7zM13.4 5H17v14h-3.6z',
  open: 'M4 6.5A1.5 1.5 0 0 1 5.5 5h4l2 2h7A1.5 1.5 0 0 1 20 8.5V18a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18z',
  camera: 'M4 8.5A1.5 1.5 0 0 1 5.5 7H8l1.5-2h5L16 7h2.5A1.5 1.5 0 0 1 20 8.5v9a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5zM12 16.3a3.3 3.3 0 1 0 0-6.6 3.3 3.3 0 0 0 0 6.6z',
};
const STROKED = new Set(['open', 'camera']);

/** Draw one of the icons, hidden from screen readers: what holds it has a name. */
export function icon(name: keyof typeof PATHS & string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', STROKED.has(name) ? 'icon stroked' : 'icon');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', PATHS[name] ?? '');
  svg.append(path);
  return svg;
}

/** A row of buttons of which one is pressed. */
export function choice<T extends string>(
  label: string,
  options: Record<T, string>,
  chosen: T,
  pick: (option: T) => void,
): HTMLElement & { choose: (option: T) => void } {
  const entries = Object.entries(options) as [T, string][];
  const buttons = new Map<T, HTMLButtonElement>();
  const choose = (option: T) => buttons.forEach((button, name) => button.setAttribute('aria-pressed', String(name === option)));
  for (const [name, text] of entries) {
    const press = () => { choose(name); pick(name); };
    buttons.set(name, h('button', { type: 'button', 'data-option': name, onclick: press }, text));
  }
  const group = h('div', { class: 'choice', role: 'group', 'aria-label': label }, ...buttons.values());
  choose(chosen);
  return Object.assign(group, { choose });
}

/** A switch with its label. */
export function toggle(label: string, on: boolean, change: (on: boolean) => void, hint = ''): HTMLLabelElement & { input: HTMLInputElement } {
  const input = h('input', { type: 'checkbox', role: 'switch', checked: on, onchange: () => change(input.checked) });
  const element = h('label', { class: 'toggle', title: hint }, input, h('span', { class: 'track' }), h('span', {}, label));
  return Object.assign(element, { input });
}
