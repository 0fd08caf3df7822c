// From what a tracker sees to what a head does: smoothed, with the face at rest taken off, mirrored, and recorded.

import { mirrorOf } from '../shapes';
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
  private learning: { weights: number[][]; from: number } | null = { weights: [], from: NaN };

  /** Learn from the next second what is reported of the face at rest. */
  calibrate(): void {
    this.learning = { weights: [], from: NaN };
  }

  /** Share of the calibration that is done; 1 when none is going on. */
  get calibrated(): number {
    const { learning } = this;
    return learning ? Math.min(learning.weights.length && (this.now - learning.from) / CALIBRATION_SECONDS, 0.99) : 1;
  }
  private now = 0;

  step(sight: Sight): Pose {
    this.now = sight.time;
    const smooth = this.filter.step([...sight.weights, ...sight.rotation], sight.time);
    const turn = fromRotation(smooth.slice(64) as [number, number, number]);
    this.learn(sight, turn);
    const weights = SHAPES.map((name, i) => {
      const rest = this.neutral[i]!;
      return [this.mirrored ? mirrorOf(name) : name, Math.min(Math.max((smooth[i]! - rest) / (1 - rest), 0), 1)] as const;
    });
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
    if (sight.time - learning.from < CALIBRATION_SECONDS) return;
    this.neutral = SHAPES.map((_, i) => {
      const sorted = learning.weights.map((row) => row[i]!).sort((a, b) => a - b);
      return Math.min(sorted[sorted.length >> 1]!, LARGEST_NEUTRAL);
    });
    this.rest = turn;
    this.learning = null;
  }
}

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
