// From what a tracker sees to what a head does: smoothed, with the face at rest taken off, mirrored, and recorded.

import { mirrorOf } from '../shapes';
import { withGaze, type Gaze } from './eyes';
import { SHAPES } from './names';
import type { Sight } from './sight';

/** As drive/steadying.py has them for our networks: Hz at rest, Hz per unit and second, Hz of the speed. */
const [REST_HZ, PER_SPEED, SPEED_HZ] = [0.5, 8.0, 4.0];

/** The One-Euro filter (Casiez, Roussel and Vogel 2012): smooth at rest, quick in motion. */
export class OneEuro {
  private values: number[] | null = null;
  private speeds: number[] = [];
  private time = 0;

  step(measured: readonly number[], time: number): number[] {
    const seconds = time - this.time;
    if (!this.values || seconds > 1) {
      [this.values, this.speeds, this.time] = [[...measured], measured.map(() => 0), time];
      return this.values;
    }
    if (seconds <= 0) return this.values;
    const share = (hz: number) => { const turns = 2 * Math.PI * hz * seconds; return turns / (1 + turns); };
    this.time = time;
    this.values = this.values.map((value, i) => {
      const speed = (this.speeds[i]! += share(SPEED_HZ) * ((measured[i]! - value) / seconds - this.speeds[i]!));
      return value + share(REST_HZ + PER_SPEED * Math.abs(speed)) * (measured[i]! - value);
    });
    return this.values;
  }
}

export type Quaternion = [x: number, y: number, z: number, w: number];

/** What a head is to do. */
export interface Pose {
  weights: Map<string, number>;
  /** Turn of the head from its rest. */
  head: Quaternion;
}

/** A resting face that is said to do more does something; as in drive/calibration.py. */
const LARGEST_NEUTRAL = 0.8;
const CALIBRATION_SECONDS = 1.2;

export class Performance {
  /** Whether the head does what a mirror image would do. */
  mirrored = true;
  /** Frames of a recording, or null while none is made. */
  take: Take | null = null;
  private readonly filter = new OneEuro();
  private neutral: number[] = SHAPES.map(() => 0);
  private rest: Quaternion = [0, 0, 0, 1];
  private restingGaze: Gaze = [0, 0];
  private learning: { weights: number[][]; gazes: Gaze[]; from: number } | null = { weights: [], gazes: [], from: NaN };

  /** Learn from the next second what is reported of the face at rest. */
  calibrate(): void {
    this.learning = { weights: [], gazes: [], from: NaN };
  }

  /** Share of the calibration that is done; 1 when none is going on. */
  get calibrated(): number {
    const { learning } = this;
    return learning ? Math.min(learning.weights.length && (this.now - learning.from) / CALIBRATION_SECONDS, 0.99) : 1;
  }
  private now = 0;

  step(sight: Sight): Pose {
    this.now = sight.time;
    const smooth = this.filter.step([...sight.weights, ...sight.gaze, ...sight.rotation], sight.time);
    const turn = fromRotation(smooth.slice(66) as [number, number, number]);
    this.learn(sight, turn);
    const fromRest = SHAPES.map((_, i) => Math.min(Math.max((smooth[i]! - this.neutral[i]!) / (1 - this.neutral[i]!), 0), 1));
    const looking = withGaze(fromRest, [smooth[64]! - this.restingGaze[0], smooth[65]! - this.restingGaze[1]]);
    const weights = SHAPES.map((name, i) => [this.mirrored ? mirrorOf(name) : name, looking[i]!] as const);
    const [x, y, z, w] = multiplied(turn, [-this.rest[0], -this.rest[1], -this.rest[2], this.rest[3]]);
    const pose: Pose = { weights: new Map(mirroredDirections(weights, this.mirrored)), head: this.mirrored ? [x, -y, -z, w] : [x, y, z, w] };
    this.take?.add(pose, sight.time);
    return pose;
  }

  private learn(sight: Sight, turn: Quaternion): void {
    const { learning } = this;
    if (!learning) return;
    if (!learning.weights.length) learning.from = sight.time;
    learning.weights.push(sight.weights);
    learning.gazes.push(sight.gaze);
    if (sight.time - learning.from < CALIBRATION_SECONDS) return;
    this.neutral = SHAPES.map((_, i) => Math.min(median(learning.weights.map((row) => row[i]!)), LARGEST_NEUTRAL));
    this.restingGaze = [median(learning.gazes.map(([yaw]) => yaw)), median(learning.gazes.map(([, pitch]) => pitch))];
    this.rest = turn;
    this.learning = null;
  }
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

/** In a mirror also the shapes whose left and right are directions change places. */
function mirroredDirections(weights: (readonly [string, number])[], mirrored: boolean): (readonly [string, number])[] {
  const swap: Record<string, string> = { jawLeft: 'jawRight', jawRight: 'jawLeft', mouthLeft: 'mouthRight', mouthRight: 'mouthLeft' };
  return mirrored ? weights.map(([name, weight]) => [swap[name] ?? name, weight] as const) : weights;
}

function fromRotation([x, y, z]: [number, number, number]): Quaternion {
  const angle = Math.hypot(x, y, z);
  const k = angle > 1e-9 ? Math.sin(angle / 2) / angle : 0.5;
  return [k * x, k * y, k * z, Math.cos(angle / 2)];
}

function multiplied([a, b, c, d]: Quaternion, [x, y, z, w]: Quaternion): Quaternion {
  return [d * x + a * w + b * z - c * y, d * y - a * z + b * w + c * x, d * z + a * y - b * x + c * w, d * w - a * x - b * y - c * z];
}

/** A recording, and the clip file that it becomes: drive/clip_text.py. */
export class Take {
  private readonly rows: { time: number; weights: number[]; head: Quaternion }[] = [];

  get seconds(): number {
    return this.rows.length ? this.rows[this.rows.length - 1]!.time : 0;
  }

  add(pose: Pose, time: number): void {
    const from = (this.from ??= time);
    if (this.rows.length && time - from <= this.seconds) return;
    const length = Math.hypot(...pose.head);
    this.rows.push({ time: time - from, weights: SHAPES.map((name) => pose.weights.get(name) ?? 0), head: pose.head.map((value) => value / length) as Quaternion });
  }
  private from: number | null = null;

  json(name: string): string {
    const round = (value: number) => Math.round(1e6 * value) / 1e6;
    const moving = SHAPES.map((_, i) => i).filter((i) => this.rows.some((row) => round(row.weights[i]!) > 0));
    return JSON.stringify({
      format: 'toonface clip', version: 1, name, shapes: moving.map((i) => SHAPES[i]!), times: this.rows.map((row) => row.time),
      weights: this.rows.map((row) => moving.map((i) => round(row.weights[i]!))), head: this.rows.map((row) => row.head.map(round)),
    });
  }
}
