// Upright square crops of faces, as geometry/crop.py has them.

import type { Grid } from './pixels';

export interface Frame { x: number; y: number; side: number; roll: number }
export type Points = Float32Array | number[];

/** How far a face is turned clockwise, of right eye, left eye, nose, right and left corner of the mouth (x, y in turn). */
export function rollOf(five: Points): number {
  const [x, y] = [(i: number) => five[2 * i]!, (i: number) => five[2 * i + 1]!];
  const across = [x(1) - x(0) + x(4) - x(3), y(1) - y(0) + y(4) - y(3)] as const;
  const down = [0.5 * (x(3) + x(4) - x(0) - x(1)), 0.5 * (y(3) + y(4) - y(0) - y(1))] as const;
  return Math.atan2(across[1] - down[0], across[0] + down[1]);
}

/** Eye centres, nose tip and corners of the mouth of the 68 points. */
export function fivePoints(points: Points): number[] {
  const mean = (from: number, axis: number) => [0, 1, 2, 3, 4, 5].reduce((sum, i) => sum + points[2 * (from + i) + axis]! / 6, 0);
  const eyes = [mean(36, 0), mean(36, 1), mean(42, 0), mean(42, 1)];
  return [...eyes, ...[30, 48, 54].flatMap((i) => [points[2 * i]!, points[2 * i + 1]!])];
}

/** Frame a face upright by its 68 points; `margin` is in larger sides of the upright box around them. */
export function frameAround(points: Points, margin: number): Frame {
  const roll = rollOf(fivePoints(points));
  const [c, s] = [Math.cos(roll), Math.sin(roll)];
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [c * points[i]! + s * points[i + 1]!, c * points[i + 1]! - s * points[i]!];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  }
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return { x: c * x - s * y, y: s * x + c * y, side: Math.max(margin * Math.max(right - left, bottom - top), 1), roll };
}

/** Frame a detected face by its box and five points. */
export function frameAroundBox([left, top, right, bottom]: [number, number, number, number], five: Points, margin: number): Frame {
  return { x: (left + right) / 2, y: (top + bottom) / 2, side: Math.max(margin * Math.max(right - left, bottom - top), 1), roll: rollOf(five) };
}

/** Where the pixels of a crop lie in the picture. */
export function gridOf({ x, y, side, roll }: Frame, size: number): Grid {
  const [c, s] = [(side / size) * Math.cos(roll), (side / size) * Math.sin(roll)];
  return { corner: [x - (size / 2) * (c - s), y - (size / 2) * (s + c)], right: [c, s], down: [-s, c] };
}

/** Bring points of a crop into the picture. */
export function toPicture({ x, y, side, roll }: Frame, size: number, points: Points): Float32Array {
  const [c, s] = [(side / size) * Math.cos(roll), (side / size) * Math.sin(roll)];
  const result = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const [u, v] = [points[i]! - size / 2, points[i + 1]! - size / 2];
    result[i] = x + c * u - s * v;
    result[i + 1] = y + s * u + c * v;
  }
  return result;
}
