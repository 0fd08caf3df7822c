// Sliders for every shape, in groups that can be folded and searched.

import { h } from './dom';
import { grouped, labelOf, mirrorOf, sideOf } from './shapes';

interface Row {
  element: HTMLElement;
  input: HTMLInputElement;
  output: HTMLOutputElement;
  name: string;
}

export class Sliders {
  readonly element = h('div', { class: 'groups' });
  /** Whether the other side moves along. */
  mirrored = false;
  private filtering = false;
  private readonly rows = new Map<string, Row>();
  private readonly groups: { element: HTMLDetailsElement; rows: Row[]; count: HTMLElement; open: boolean }[] = [];
  private readonly empty = h('p', { class: 'empty', hidden: true }, 'No shape has that name.');

  constructor(names: readonly string[], private readonly change: (weights: Record<string, number>) => void) {
    for (const [number, group] of grouped(names).entries()) {
      const rows = group.names.map((name) => this.row(name));
      const count = h('span', { class: 'count' }, String(rows.length));
      const element = h('details', { class: 'group', open: number === 0 },
        h('summary', {}, h('span', {}, group.title), count),
        h('div', { class: 'rows' }, ...rows.map((row) => row.element)));
      this.groups.push({ element, rows, count, open: number === 0 });
      this.element.append(element);
    }
    this.element.append(this.empty);
  }

  /** Show only shapes whose name or label has all the words. */
  filter(text: string): void {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    let any = false;
    if (words.length && !this.filtering) for (const group of this.groups) group.open = group.element.open;
    const ends = !words.length && this.filtering;
    this.filtering = words.length > 0;
    for (const group of this.groups) {
      let shown = 0;
      for (const { element, name } of group.rows) {
        const side = { L: 'left', R: 'right', '': '' }[sideOf(name) ?? ''];
        const told = `${name} ${labelOf(name)} ${side}`.toLowerCase();
        element.hidden = !words.every((word) => told.includes(word));
        shown += Number(!element.hidden);
      }
      group.element.hidden = shown === 0;
      if (words.length) group.element.open = shown > 0;
      else if (ends) group.element.open = group.open;
      any ||= shown > 0;
    }
    this.empty.hidden = any;
  }

  /** Show weights that something else has set. */
  show(weights: ReadonlyMap<string, number>): void {
    const active = document.activeElement;
    for (const { input, output, name, element } of this.rows.values()) {
      const weight = weights.get(name) ?? 0;
      const text = weight.toFixed(2);
      if (output.value === text) continue;
      if (input !== active || Math.abs(Number(input.value) - weight) > 0.006) input.value = String(weight);
      output.value = text;
      input.style.setProperty('--share', `${100 * weight}%`);
      element.classList.toggle('moved', weight > 0.004);
    }
    for (const { rows, count } of this.groups) {
      const moved = rows.filter(({ name }) => (weights.get(name) ?? 0) > 0.004).length;
      const text = moved ? `${moved} of ${rows.length}` : String(rows.length);
      if (count.textContent !== text) count.textContent = text;
    }
  }

  private row(name: string): Row {
    const side = sideOf(name);
    const input = h('input', {
      type: 'range', min: '0', max: '1', step: '0.01', value: '0', id: `shape-${name}`, 'aria-label': name,
      oninput: () => this.moved(name, Number(input.value)),
    });
    const output = h('output', { for: input.id }, '0.00');
    const back = () => this.moved(name, 0);
    const label = h('label', { for: input.id, title: `${name}: double click for 0`, ondblclick: back },
      labelOf(name), side ? h('span', { class: 'side' }, side) : null);
    const element = h('div', { class: 'row' }, label, input, output);
    const row = { element, input, output, name };
    this.rows.set(name, row);
    return row;
  }

  private moved(name: string, weight: number): void {
    const weights = { [name]: weight };
    const other = mirrorOf(name);
    if (this.mirrored && this.rows.has(other)) weights[other] = weight;
    this.change(weights);
  }
}
