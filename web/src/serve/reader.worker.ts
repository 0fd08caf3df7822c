// Reads camera frames in a thread of its own, so that the head is drawn meanwhile: face, points, expression.

import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { frameAround, frameAroundBox, toPicture, transformOf, type Frame } from './frames';
import { NO_FACE, turned, type Sight } from './sight';

/** As in stages/detection.py, landmarks.py and expression.py. */
const DETECTOR = { size: 320, stride: 32, threshold: 0.55 };
const LANDMARKS = { size: 192, margin: 1.5 };
const EXPRESSION = { size: 160, margin: 1.35 };
/** Points are read again after so many seconds; the crop stays where it is between. */
const POINTS_SECONDS = 0.1;
/** Mean uncertainty of the points in larger sides of their box beyond which the face is lost, as in drive/tracking.py. */
const LOST = 0.03;

type Name = 'detector' | 'landmarks' | 'expression';
const networks = new Map<Name, InferenceSession>();
const canvas = new OffscreenCanvas(1, 1);
const context = canvas.getContext('2d', { willReadFrequently: true })!;
let points: Float32Array | null = null;
let readAt = -Infinity;

async function load(base: string): Promise<void> {
  env.wasm.numThreads = 1;
  env.wasm.wasmBinary = await fetched(new URL('ort.wasm', base));
  for (const name of ['detector', 'landmarks', 'expression'] as const) {
    networks.set(name, await InferenceSession.create(await fetched(new URL(`${name}.onnx`, base)), { executionProviders: ['wasm'] }));
  }
}

async function fetched(url: URL): Promise<ArrayBuffer> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url.pathname} cannot be fetched (${answer.status})`);
  return answer.arrayBuffer();
}

async function run(name: Name): Promise<Record<string, Float32Array>> {
  const { width, height } = canvas;
  const { data } = context.getImageData(0, 0, width, height);
  const [count, planes] = [width * height, new Float32Array(3 * width * height)];
  for (let i = 0; i < count; i++) for (let k = 0; k < 3; k++) planes[k * count + i] = data[4 * i + k]! / 255;
  const outputs = await networks.get(name)!.run({ picture: new Tensor('float32', planes, [1, 3, height, width]) });
  return Object.fromEntries(Object.entries(outputs).map(([key, tensor]) => [key, tensor.data as Float32Array]));
}

function resize(width: number, height: number): void {
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
}

async function cropped(name: Name, picture: ImageBitmap, frame: Frame, size: number): Promise<Record<string, Float32Array>> {
  resize(size, size);
  context.resetTransform();
  context.fillStyle = '#777';
  context.fillRect(0, 0, size, size);
  context.setTransform(...transformOf(frame, size));
  context.drawImage(picture, 0, 0);
  return run(name);
}

/** The largest face that is sure enough, as a frame for its points. */
async function detect(picture: ImageBitmap): Promise<Frame | null> {
  const { size, stride, threshold } = DETECTOR;
  const scale = size / Math.max(picture.width, picture.height);
  const [width, height] = [Math.round(scale * picture.width), Math.round(scale * picture.height)];
  resize(stride * Math.ceil(width / stride), stride * Math.ceil(height / stride));
  context.resetTransform();
  // Beyond the picture its edge is drawn out.
  context.drawImage(picture, picture.width - 1, 0, 1, picture.height, 0, 0, canvas.width, height);
  context.drawImage(picture, 0, picture.height - 1, picture.width, 1, 0, 0, width, canvas.height);
  context.drawImage(picture, 0, 0, width, height);
  const { scores, boxes, points: fives } = await run('detector');
  let [best, widest] = [-1, 0];
  scores!.forEach((score, i) => {
    const side = Math.max(boxes![4 * i + 2]! - boxes![4 * i]!, boxes![4 * i + 3]! - boxes![4 * i + 1]!) * score;
    if (score >= threshold && side > widest) [best, widest] = [i, side];
  });
  if (best < 0) return null;
  const box = [...boxes!.subarray(4 * best, 4 * best + 4)].map((value) => value / scale) as [number, number, number, number];
  return frameAroundBox(box, fives!.subarray(10 * best, 10 * best + 10).map((value) => value / scale), LANDMARKS.margin);
}

async function findPoints(picture: ImageBitmap, frame: Frame): Promise<Float32Array | null> {
  const { points: found, sigma } = await cropped('landmarks', picture, frame, LANDMARKS.size);
  const there = toPicture(frame, LANDMARKS.size, found!);
  const { x, y, side } = frameAround(there, 1);
  const doubt = (sigma!.reduce((sum, value) => sum + value, 0) / sigma!.length) * (frame.side / LANDMARKS.size);
  const inside = x >= 0 && y >= 0 && x < picture.width && y < picture.height;
  return inside && doubt < LOST * side ? there : null;
}

async function read(picture: ImageBitmap, time: number): Promise<Sight> {
  const start = performance.now();
  if (!points) {
    const around = await detect(picture);
    points = around && (await findPoints(picture, around));
    readAt = -Infinity; // the frame of the detector is rough: read once more
  }
  if (points && time - readAt >= POINTS_SECONDS) {
    points = await findPoints(picture, frameAround(points, LANDMARKS.margin));
    readAt = time;
  }
  if (!points) return { ...NO_FACE, time, took: performance.now() - start };
  const frame = frameAround(points, EXPRESSION.margin);
  const { weights, rotation } = await cropped('expression', picture, frame, EXPRESSION.size);
  const inCrop = [...rotation!] as [number, number, number];
  return {
    time, face: true, points: [...points], weights: [...weights!].map((weight) => Math.min(Math.max(weight, 0), 1)),
    rotation: turned(inCrop, -frame.roll), took: performance.now() - start,
  };
}

onmessage = async ({ data }: MessageEvent<{ base: string } | { frame: ImageBitmap; time: number }>) => {
  try {
    if ('base' in data) {
      await load(data.base);
      postMessage({ ready: true });
    } else {
      const sight = await read(data.frame, data.time);
      data.frame.close();
      postMessage({ sight });
    }
  } catch (error) {
    postMessage({ fault: error instanceof Error ? error.message : String(error) });
  }
};
