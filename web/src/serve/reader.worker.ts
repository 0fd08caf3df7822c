// Reads camera frames in a thread of its own, so that the head is drawn meanwhile: where the face is, and what it does.

import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { areShut, EYE_SIZE, gazeOf, gridsOfEyes, withGaze, type Gaze } from './eyes';
import { frameAround, frameAroundBox, gridOf, toPicture, type Frame, type Points } from './frames';
import { pixelsOf, resample, type Pixels, type Shot } from './pixels';
import { NO_FACE, turned, type Sight } from './sight';

/** As in stages/detection.py and expression.py. */
const DETECTOR = { size: 320, stride: 32, threshold: 0.55 };
const EXPRESSION = { size: 160, margin: 1.35 };
/** Mean uncertainty of the points in larger sides of their box beyond which the face is lost, as in drive/tracking.py. */
const LOST = 0.05;
/** Pictures after which the eyes are looked at again: that costs a quarter of the rest. */
const GAZE_EVERY = 2;
/** More threads than this gain little on networks so small; half of the cores are left to the camera and the head. */
const MOST_THREADS = 4;

const NETWORKS = ['detector', 'expression', 'gaze'] as const;
type Name = (typeof NETWORKS)[number];
type Read = Omit<Sight, 'time' | 'took' | 'points'> & { points: Float32Array };
/** With the gaze that the whole face tells: left yaw and pitch, right yaw and pitch. */
type Seen = Omit<Read, 'gaze'> & { guess: Float32Array };
const networks = new Map<Name, InferenceSession>();
let points: Float32Array | null = null;
let lastGaze: Gaze | null = null;
let pictures = 0;

async function load(base: string): Promise<void> {
  // Threads share memory, which browsers allow to pages that nothing from elsewhere can look into.
  env.wasm.numThreads = self.crossOriginIsolated ? Math.min(Math.ceil(navigator.hardwareConcurrency / 2), MOST_THREADS) : 1;
  env.wasm.wasmBinary = await fetched(new URL('ort.wasm', base));
  // Its threads begin with this code, from the address that it came from: one that a page's own policy lets run.
  env.wasm.wasmPaths = { mjs: URL.createObjectURL(new Blob([await fetched(new URL('ort.mjs', base))], { type: 'text/javascript' })) };
  for (const name of NETWORKS) {
    networks.set(name, await InferenceSession.create(await fetched(new URL(`${name}.onnx`, base)), { executionProviders: ['wasm'] }));
  }
}

async function fetched(url: URL): Promise<ArrayBuffer> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url.pathname} cannot be fetched (${answer.status})`);
  return answer.arrayBuffer();
}

async function run(name: Name, planes: Float32Array, width: number, height: number): Promise<Record<string, Float32Array>> {
  const shape = [planes.length / (3 * width * height), 3, height, width];
  const outputs = await networks.get(name)!.run({ picture: new Tensor('float32', planes, shape) });
  return Object.fromEntries(Object.entries(outputs).map(([key, tensor]) => [key, tensor.data as Float32Array]));
}

/** The largest face that is sure enough, as a frame for its expression. */
async function detect(picture: Pixels): Promise<Frame | null> {
  const { size, stride, threshold } = DETECTOR;
  const step = Math.max(picture.width, picture.height) / size;
  const [width, height] = [picture.width, picture.height].map((side) => stride * Math.ceil(Math.round(side / step) / stride)) as [number, number];
  const grid = { corner: [0, 0], right: [step, 0], down: [0, step] } as const;
  const { scores, boxes, points: fives } = await run('detector', resample(picture, grid, width, height), width, height);
  let [best, widest] = [-1, 0];
  scores!.forEach((score, i) => {
    const side = Math.max(boxes![4 * i + 2]! - boxes![4 * i]!, boxes![4 * i + 3]! - boxes![4 * i + 1]!) * score;
    if (score >= threshold && side > widest) [best, widest] = [i, side];
  });
  if (best < 0) return null;
  const box = [...boxes!.subarray(4 * best, 4 * best + 4)].map((value) => step * value) as [number, number, number, number];
  return frameAroundBox(box, fives!.subarray(10 * best, 10 * best + 10).map((value) => step * value), EXPRESSION.margin);
}

/** What the face in a frame does; null where there is none. */
async function look(picture: Pixels, frame: Frame): Promise<Seen | null> {
  const { size } = EXPRESSION;
  const { weights, gaze, rotation, points: found, sigma } = await run('expression', resample(picture, gridOf(frame, size), size, size), size, size);
  const there = toPicture(frame, size, found!);
  const { x, y, side } = frameAround(there, 1);
  const doubt = (sigma!.reduce((sum, value) => sum + value, 0) / sigma!.length) * (frame.side / size);
  if (x < 0 || y < 0 || x >= picture.width || y >= picture.height || doubt >= LOST * side) return null;
  return {
    face: true, points: there, weights: [...weights!].map((weight) => Math.min(Math.max(weight, 0), 1)),
    rotation: turned([...rotation!] as [number, number, number], -frame.roll), guess: gaze!,
  };
}

/** The same with what a closer look at the eyes says: in this picture, or in one before; under shut lids they stay as they were. */
async function lookCloser(picture: Pixels, seen: Seen): Promise<Read> {
  const { guess, ...read } = seen;
  const kept = pictures++ % GAZE_EVERY || areShut(seen.weights) ? lastGaze : null;
  lastGaze = kept ?? (await gazeIn(picture, seen));
  return { ...read, gaze: lastGaze, weights: withGaze(seen.weights, lastGaze) };
}

async function gazeIn(picture: Pixels, { points: found, rotation, guess }: Seen): Promise<Gaze> {
  const [one, other] = gridsOfEyes(found).map((grid) => resample(picture, grid, EYE_SIZE, EYE_SIZE));
  const eyes = new Float32Array(2 * one!.length);
  eyes.set(one!);
  eyes.set(other!, one!.length);
  return gazeOf(await run('gaze', eyes, EYE_SIZE, EYE_SIZE), rotation, found, guess);
}

const around = (found: Points) => frameAround(found, EXPRESSION.margin);

/** As `track` in drive/tracking.py: followed from the points before, or looked for. */
async function follow(picture: Pixels): Promise<Seen | null> {
  const followed = points && (await look(picture, around(points)));
  if (followed) return followed;
  const frame = await detect(picture);
  const found = frame && (await look(picture, frame));
  return found && look(picture, around(found.points)); // the detector's box fits less closely than points do
}

async function read(shot: Shot, time: number): Promise<Sight> {
  const start = performance.now();
  const picture = await pixelsOf(shot);
  const seen = await follow(picture);
  points = seen && seen.points;
  if (!seen) lastGaze = null;
  const found = seen && (await lookCloser(picture, seen));
  return { ...NO_FACE, ...found, points: [...(points ?? [])], time, took: performance.now() - start };
}

onmessage = async ({ data }: MessageEvent<{ base: string } | { shot: Shot; time: number }>) => {
  try {
    if ('base' in data) {
      await load(data.base);
      postMessage({ ready: true });
    } else {
      postMessage({ sight: await read(data.shot, data.time) });
    }
  } catch (error) {
    postMessage({ fault: error instanceof Error ? error.message : String(error) });
  }
};
