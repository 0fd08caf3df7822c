// The camera's page of the panel: the face in front of the camera moves the head.

import { h, toggle } from '../dom';
import { closeCamera, NewestFrame, openCamera } from './camera';
import { save, type Head } from './head';
import { Performance, Take } from './performance';
import type { Sight, Tracker } from './sight';
import { BrowserTracker, ServerTracker } from './trackers';

const RATE_SECONDS = 1;
/** Seconds without a face after which the head goes back to its rest. */
const PATIENCE = 0.7;

export class Live {
  readonly element: HTMLElement;
  /** Frames that were read in the last second. */
  rate = 0;
  /** How long the last one took, milliseconds. */
  took = 0;
  readonly performance = new Performance();
  private readonly video = h('video', { 'aria-label': 'What the camera sees' });
  private readonly overlay = h('canvas', { 'aria-hidden': 'true' });
  private readonly said = h('p', { class: 'hint', role: 'status' }, 'Your face moves the head. It is read in this browser; no picture is sent or kept.');
  private readonly told = h('output', { class: 'rate' });
  private readonly view = h('div', { class: 'mirrored' }, this.video, this.overlay);
  private readonly picture = h('div', { class: 'camera', hidden: true }, this.view, this.told);
  private readonly power = h('button', { type: 'button', class: 'main', onclick: () => void this.toggle() }, 'Start camera');
  private readonly calibrate = h('button', { type: 'button', class: 'quiet', disabled: true, onclick: () => this.performance.calibrate() }, 'Calibrate');
  private readonly record = h('button', { type: 'button', class: 'quiet', disabled: true, 'aria-pressed': 'false', onclick: () => this.toggleTake() }, 'Record');
  private readonly onServer = toggle('Read by the server', false, () => void this.change(), 'For browsers that cannot run the networks');
  private tracker: Tracker | null = null;
  private frames: NewestFrame | null = null;
  private running = false;
  private times: number[] = [];
  private lastFace = 0;

  constructor(private readonly head: () => Head | null) {
    const mirror = toggle('Mirror', true, (on) => { this.performance.mirrored = on; this.view.classList.toggle('mirrored', on); }, 'The head does what a mirror would show');
    this.element = h('div', { class: 'live' }, this.picture, this.said,
      h('div', { class: 'live-buttons' }, this.power, this.calibrate, this.record),
      h('div', { class: 'switches' }, mirror, this.onServer));
  }

  async start(): Promise<void> {
    this.running = true;
    this.power.textContent = 'Stop camera';
    try {
      this.tell('Asking for the camera …');
      await openCamera(this.video);
      this.picture.hidden = false;
      this.tell('Loading what reads faces …');
      this.tracker = await this.load();
      if (!this.running) return this.stop();
      this.head()?.show?.pause();
      this.performance.calibrate();
      this.calibrate.disabled = this.record.disabled = false;
      await this.follow(this.tracker);
    } catch (error) {
      this.stop();
      this.tell(error instanceof Error ? error.message : String(error));
    }
  }

  stop(): void {
    this.running = false;
    this.frames?.stop();
    this.tracker?.close();
    this.tracker = null;
    closeCamera(this.video);
    if (this.performance.take) this.toggleTake();
    this.picture.hidden = true;
    this.calibrate.disabled = this.record.disabled = true;
    this.power.textContent = 'Start camera';
    this.told.value = '';
    this.tell('The camera is off.');
    this.pose(null);
  }

  private async load(): Promise<Tracker> {
    if (this.onServer.input.checked) return ServerTracker.load();
    try {
      return await BrowserTracker.load();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      console.info(`toonface: this browser cannot run the networks (${why}), so the server reads the camera`);
      this.onServer.input.checked = true;
      return ServerTracker.load();
    }
  }

  private toggle(): void | Promise<void> {
    return this.running ? this.stop() : this.start();
  }

  private async change(): Promise<void> {
    if (!this.running) return;
    this.stop();
    await this.start();
  }

  /** Read frame after frame: always the newest one, so that nothing queues up and nobody waits for the camera. */
  private async follow(tracker: Tracker): Promise<void> {
    const newest = new NewestFrame(this.video);
    const going = () => this.running && this.tracker === tracker;
    this.frames = newest;
    for (let frame = await newest.take(); frame && going(); frame = await newest.take()) {
      const sight = await tracker.read(frame.shot, frame.time);
      if (going()) this.use(sight);
    }
    newest.stop();
  }

  private use(sight: Sight): void {
    this.count(sight);
    this.draw(sight.points);
    if (sight.face) {
      this.lastFace = sight.time;
      this.pose(this.performance.step(sight));
      const share = this.performance.calibrated;
      this.tell(share < 1 ? 'Look straight ahead with your face at rest …' : this.performance.take ? `Recording, ${this.performance.take.seconds.toFixed(0)} s` : 'Move your face.');
    } else {
      this.tell('No face is seen.');
      if (sight.time - this.lastFace > PATIENCE) this.pose(null);
    }
  }

  private pose(pose: ReturnType<Performance['step']> | null): void {
    const head = this.head();
    if (!head?.show) return;
    head.show.live = pose;
    head.stage.draw();
  }

  private count({ time, took }: Sight): void {
    this.times = [...this.times.filter((one) => time - one < RATE_SECONDS), time];
    const span = time - this.times[0]!;
    this.rate = span > 0 ? (this.times.length - 1) / span : 0;
    this.took = took;
    this.told.value = `${this.rate.toFixed(0)} FPS`;
    this.told.title = `${took.toFixed(0)} ms for a frame`;
  }

  private draw(points: readonly number[]): void {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (this.overlay.width !== width || this.overlay.height !== height) [this.overlay.width, this.overlay.height] = [width, height];
    const context = this.overlay.getContext('2d')!;
    context.clearRect(0, 0, width, height);
    context.fillStyle = '#ffe15a';
    for (let i = 0; i < points.length; i += 2) context.fillRect(points[i]! - 1.5, points[i + 1]! - 1.5, 3, 3);
  }

  private toggleTake(): void {
    const { take } = this.performance;
    this.performance.take = take ? null : new Take();
    this.record.textContent = take ? 'Record' : 'Stop and save';
    this.record.setAttribute('aria-pressed', String(!take));
    if (take && take.seconds > 0) save(new Blob([take.json('camera')], { type: 'application/json' }), 'clip.json');
  }

  private tell(text: string): void {
    if (this.said.textContent !== text) this.said.textContent = text;
  }
}
