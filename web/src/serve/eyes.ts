// Where the eyes look, from close crops of them: as stages/gaze.py and drive/gaze.py have it.

import { frameAround, gridOf, type Points } from './frames';
import type { Grid } from './pixels';
import { SHAPES } from './names';
import { turned } from './sight';

/** Yaw to the character's left and pitch upwards, radians, of both eyes. */
export type Gaze = [yaw: number, pitch: number];

export const EYE_SIZE = 48;
const SHARE = 0.36;
/** Points at the corners of the left and the right eye. */
const CORNERS = [[42, 45], [36, 39]] as const;
/** Error of the gaze that is read from the whole face, and how far eyes turn at weight 1; radians. */
const GUESS = 0.12;
const LARGEST = { Up: 24, Down: 27, In: 30, Out: 30 };

/** Weight of both eyeBlinks beyond which the eyes are not seen. */
const SHUT = 0.5;

export const areShut = (weights: readonly number[]): boolean =>
  ['eyeBlinkLeft', 'eyeBlinkRight'].every((name) => weights[SHAPES.indexOf(name)]! > SHUT);

/** Where the crops of the left and the right eye lie; the right one is mirrored, so that it looks like a left one. */
export function gridsOfEyes(points: Points): Grid[] {
  const face = frameAround(points, SHARE);
  return CORNERS.map(([a, b], eye) => {
    const middle = (axis: number) => 0.5 * (points[2 * a + axis]! + points[2 * b + axis]!);
    const grid = gridOf({ ...face, x: middle(0), y: middle(1) }, EYE_SIZE);
    if (!eye) return grid;
    const { corner: [x, y], right: [u, v] } = grid;
    return { ...grid, corner: [x + EYE_SIZE * u, y + EYE_SIZE * v], right: [-u, -v] };
  });
}

/**
 * The gaze of both eyes: each counts by how sure it is, and so does what the whole face says.
 *
 * `gaze`, `sigma` and `slope` are what the network says of both crops, `rotation` is that of the head in the picture.
 */
export function gazeOf(
  { gaze, sigma, slope }: Record<string, Float32Array>, rotation: readonly [number, number, number], points: Points, guess: Float32Array,
): Gaze {
  const head = headAngles(turned(rotation, frameAround(points, SHARE).roll));
  const eyes = [1, -1].map((mirror, eye) => {
    const at = (way: number) => gaze![2 * eye + way]! + slope![4 * eye + 2 * way]! * mirror * head[0] + slope![4 * eye + 2 * way + 1]! * head[1];
    return { yaw: mirror * at(0), pitch: at(1), certain: 1 / sigma![eye]! ** 2 };
  });
  const told = [...eyes, { yaw: 0.5 * (guess[0]! + guess[2]!), pitch: 0.5 * (guess[1]! + guess[3]!), certain: 1 / GUESS ** 2 }];
  const all = told.reduce((sum, { certain }) => sum + certain, 0);
  const mean = (way: 'yaw' | 'pitch') => told.reduce((sum, one) => sum + (one.certain / all) * one[way], 0);
  return [mean('yaw'), mean('pitch')];
}

/** Yaw and pitch of where a head faces, of its rotation as axis times angle. */
function headAngles([x, y, z]: readonly [number, number, number]): Gaze {
  const angle = Math.hypot(x, y, z);
  const [a, b, c] = angle > 1e-9 ? [x / angle, y / angle, z / angle] : [0, 0, 1];
  const [sine, rest] = [Math.sin(angle), 1 - Math.cos(angle)];
  const [forward, up, along] = [b * sine + a * c * rest, b * c * rest - a * sine, 1 - rest + c * c * rest];
  return [Math.atan2(forward, along), Math.asin(Math.min(Math.max(up, -1), 1))];
}

/** Weights whose eyeLook shapes are those of a gaze. */
export function withGaze(weights: readonly number[], [yaw, pitch]: Gaze): number[] {
  const looks = new Map<string, number>();
  for (const [side, outward] of [['Left', 1], ['Right', -1]] as const) {
    for (const [way, turn] of [['Up', pitch], ['Down', -pitch], ['In', -outward * yaw], ['Out', outward * yaw]] as const) {
      looks.set(`eyeLook${way}${side}`, Math.min(Math.max((turn / LARGEST[way]) * (180 / Math.PI), 0), 1));
    }
  }
  return weights.map((weight, i) => looks.get(SHAPES[i]!) ?? weight);
}
