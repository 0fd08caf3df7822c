// What a tracker says of one camera frame, whoever reads it: this browser or the server.

import type { Shot } from './pixels';

export interface Sight {
  /** Of the camera's frame, seconds. */
  time: number;
  /** Whether a face was found; the rest is there only then. */
  face: boolean;
  /** 64 weights by the networks' order of shapes. */
  weights: number[];
  /** Where the eyes look: yaw to the character's left and pitch upwards, in the head's axes, radians. */
  gaze: [number, number];
  /** Turn of the head in the camera's axes: axis times angle. */
  rotation: [number, number, number];
  /** The 68 points in the frame's pixels, x and y in turn. */
  points: number[];
  /** How long it took, milliseconds. */
  took: number;
}

export interface Tracker {
  /** Read a picture; it is used up. */
  read(shot: Shot, time: number): Promise<Sight>;
  close(): void;
}

export const NO_FACE = { face: false, weights: [], gaze: [0, 0] as [number, number], rotation: [0, 0, 0] as [number, number, number], points: [] };

/** Axis times angle of a turn about the viewing axis followed on from another: R = Rz(angle) · R. */
export function turned([x, y, z]: readonly [number, number, number], angle: number): [number, number, number] {
  const length = Math.hypot(x, y, z);
  const k = length > 1e-9 ? Math.sin(length / 2) / length : 0.5;
  const [a, b, c, w] = [k * x, k * y, k * z, Math.cos(length / 2)];
  const [s, t] = [Math.sin(angle / 2), Math.cos(angle / 2)];
  let q = [t * a - s * b, t * b + s * a, t * c + s * w, t * w - s * c];
  if (q[3]! < 0) q = q.map((value) => -value);
  const sine = Math.hypot(q[0]!, q[1]!, q[2]!);
  const scale = sine > 1e-9 ? (2 * Math.atan2(sine, q[3]!)) / sine : 2;
  return [scale * q[0]!, scale * q[1]!, scale * q[2]!];
}
