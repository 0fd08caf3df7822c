// The web application: a portrait, the steps, the head.

import { h } from '../dom';
import { downloads } from './downloads';
import { Head } from './head';
import { Job, type JobEvent } from './job';
import { Live } from './live';
import { Progress } from './progress';
import { Start } from './start';
import '../style.css';
import './studio.css';

const app = document.getElementById('app')!;
const start = new Start((picture) => void make(picture, 0));
const files = h('div', {});
let head: Head | null = null;
let live: Live | null = null;
let job: Job | null = null;
let attempt: AbortController | null = null;

function showOnly(element: HTMLElement, screen: string): void {
  app.replaceChildren(element);
  document.body.dataset['screen'] = screen;
}

function again(): void {
  attempt?.abort();
  live?.stop();
  showOnly(start.element, 'start');
  document.title = 'toonface';
}

/** Make an avatar of one face of a picture, and show every step. */
async function make(picture: Blob, face: number): Promise<void> {
  attempt?.abort();
  job?.forget();
  job = null;
  const mine = (attempt = new AbortController());
  const cancel = () => { job?.forget(); job = null; again(); };
  const progress = new Progress(picture, cancel, (other) => void make(picture, other));
  showOnly(progress.element, 'progress');
  start.tell('');
  const notes: string[] = [];
  try {
    const begun = await Job.begin({ picture, style: start.style, strength: start.strength, face }, (seconds) => progress.wait(seconds), mine.signal);
    if (mine.signal.aborted) return begun.forget();
    job = begun;
    const hear = (event: JobEvent) => {
      if (mine.signal.aborted) return;
      progress.hear(event, (file) => begun.address(file));
      if (event.kind === 'note') notes.push(event.text);
      if (event.kind === 'fault') fail(event.sentence);
      if (event.kind === 'done') finish(begun, event.files, notes, mine.signal).catch((error: unknown) => { if (!mine.signal.aborted) fail(sentence(error)); });
    };
    begun.listen(hear);
  } catch (error) {
    if (!mine.signal.aborted) fail(sentence(error));
  }
}

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function fail(what: string): void {
  again();
  start.tell(what);
}

async function finish(done: Job, sizes: Record<string, number>, notes: string[], signal: AbortSignal): Promise<void> {
  const answer = await fetch(done.address('avatar.glb'), { signal });
  if (!answer.ok) throw new Error('the head cannot be fetched any more; make it again');
  const bytes = await answer.arrayBuffer();
  live ??= new Live(() => head);
  head ??= new Head({ Camera: live.element, Files: files }, again);
  files.replaceChildren(downloads(done, sizes, notes));
  showOnly(head.element, 'head');
  await head.load(bytes, 'avatar.glb');
  document.title = 'Your head – toonface';
}

/** For tests. */
const api = {
  head: () => head,
  live: () => live,
  weights: () => { head?.show?.frame(0); return Object.fromEntries(head?.show?.written ?? []); },
};
declare global {
  interface Window { studio: typeof api }
}
window.studio = api;
showOnly(start.element, 'start');
