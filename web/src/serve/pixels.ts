// Pictures as numbers, without a detour over the graphics card: reading those back can take longer than the networks.

/** One number of each pixel, in [0, 255]; it may lie between others, and be coarser than the picture. */
interface Plane { start: number; step: number; stride: number; width: number; height: number }

export interface Pixels {
  data: Uint8ClampedArray | Uint8Array;
  /** Red, green and blue; or brightness and two differences of colour, where there is a conversion. */
  planes: Plane[];
  toColours: Conversion | null;
  width: number;
  height: number;
}

/** A picture of the camera, as browsers have it. It is used up by `pixelsOf`. */
export type Shot = VideoFrame | ImageBitmap;

export const sizeOf = (shot: Shot): { width: number; height: number } =>
  'displayWidth' in shot ? { width: shot.displayWidth, height: shot.displayHeight } : { width: shot.width, height: shot.height };

let canvas: OffscreenCanvas | null = null;
let spare = new Uint8Array(0);

/** The pixels of a picture; they are good until the next call. */
export async function pixelsOf(shot: Shot): Promise<Pixels> {
  try {
    return ('copyTo' in shot && (await copied(shot))) || drawn(shot);
  } finally {
    shot.close();
  }
}

/** As the camera wrote them; null where they are in another form than these, or have yet to be turned. */
async function copied(frame: VideoFrame): Promise<Pixels | null> {
  const { visibleRect, displayWidth: width, displayHeight: height, format, colorSpace } = frame;
  const turn = (frame as { rotation?: number }).rotation ?? 0;
  if (!visibleRect || turn || visibleRect.width !== width || visibleRect.height !== height || !format) return null;
  const places = PLACES[format];
  if (!places) return null;
  if (spare.length !== frame.allocationSize()) spare = new Uint8Array(frame.allocationSize());
  const layout = await frame.copyTo(spare);
  const planes = places.map(({ plane, at, step, halved }) => {
    const { offset, stride } = layout[plane]!;
    return { start: offset + at, step, stride, width: halved ? (width + 1) >> 1 : width, height: halved ? (height + 1) >> 1 : height };
  });
  return { data: spare, planes, toColours: places[1]!.halved ? conversionOf(colorSpace, height) : null, width, height };
}

function drawn(shot: Shot): Pixels {
  const { width, height } = sizeOf(shot);
  canvas ??= new OffscreenCanvas(1, 1);
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(shot, 0, 0);
  const planes = [0, 1, 2].map((start) => ({ start, step: 4, stride: 4 * width, width, height }));
  return { data: context.getImageData(0, 0, width, height).data, planes, toColours: null, width, height };
}

interface Place { plane: number; at: number; step: number; halved: boolean }

const coloursAt = (...places: number[]): Place[] => places.map((at) => ({ plane: 0, at, step: 4, halved: false }));
const BRIGHTNESS = { plane: 0, at: 0, step: 1, halved: false };

/** Forms in which cameras and decoders give pictures: where the three numbers of a pixel lie. */
const PLACES: Record<string, Place[] | undefined> = {
  RGBA: coloursAt(0, 1, 2), RGBX: coloursAt(0, 1, 2), BGRA: coloursAt(2, 1, 0), BGRX: coloursAt(2, 1, 0),
  I420: [BRIGHTNESS, { plane: 1, at: 0, step: 1, halved: true }, { plane: 2, at: 0, step: 1, halved: true }],
  NV12: [BRIGHTNESS, { plane: 1, at: 0, step: 2, halved: true }, { plane: 1, at: 1, step: 2, halved: true }],
};

interface Conversion { scale: number; black: number; red: number; greenBlue: number; greenRed: number; blue: number }

/** From brightness and differences to colours, by the shares of red and blue in brightness (ITU-R BT.601 and BT.709). */
function conversionOf({ matrix, fullRange }: VideoColorSpace, height: number): Conversion {
  const [red, blue] = matrix === 'bt709' || (!matrix && height >= 720) ? [0.2126, 0.0722] : [0.299, 0.114];
  const green = 1 - red - blue;
  const [scale, spread, black] = fullRange ? [1 / 255, 1 / 255, 0] : [1 / 219, 1 / 224, 16];
  const [fromRed, fromBlue] = [2 * (1 - red) * spread, 2 * (1 - blue) * spread];
  return { scale, black, red: fromRed, blue: fromBlue, greenRed: (-red / green) * fromRed, greenBlue: (-blue / green) * fromBlue };
}

/** Where a rectangle of pixels lies in a picture: its top left corner, and one pixel to the right and downwards. */
export interface Grid { corner: readonly [number, number]; right: readonly [number, number]; down: readonly [number, number] }

/** Pixels that one look between two pixels stands for, and how many looks one number may take along each side. */
const TAP = 1.5, MOST_TAPS = 4;

/** Planes of red, green and blue in [0, 1]: bilinear, averaged where the picture is finer, its edge repeated outside. */
export function resample(picture: Pixels, grid: Grid, columns: number, rows: number): Float32Array {
  const [count, result] = [columns * rows, new Float32Array(3 * columns * rows)];
  picture.planes.forEach((plane, k) => sample(picture, plane, grid, columns, result.subarray(k * count, (k + 1) * count)));
  const { toColours } = picture;
  if (!toColours) return result.map((value) => value / 255);
  const { scale, black, red, greenBlue, greenRed, blue } = toColours;
  for (let i = 0; i < count; i++) {
    const y = scale * (result[i]! - black), u = result[count + i]! - 128, v = result[2 * count + i]! - 128;
    result[i] = Math.min(Math.max(y + red * v, 0), 1);
    result[count + i] = Math.min(Math.max(y + greenBlue * u + greenRed * v, 0), 1);
    result[2 * count + i] = Math.min(Math.max(y + blue * u, 0), 1);
  }
  return result;
}

/** Plain numbers and no tuples, because this is done for every pixel: with them, and a look for each pixel, a crop took 40 ms, not 7. */
function sample(picture: Pixels, plane: Plane, { corner, right, down }: Grid, columns: number, result: Float32Array): void {
  const { data } = picture;
  const { start, step, stride, width, height } = plane;
  const wide = width / picture.width, high = height / picture.height;
  const pixels = wide * Math.max(Math.hypot(right[0], right[1]), Math.hypot(down[0], down[1]));
  const taps = Math.min(Math.max(Math.ceil((pixels - 0.25) / TAP), 1), MOST_TAPS);
  const rightX = (wide * right[0]) / taps, rightY = (high * right[1]) / taps;
  const downX = (wide * down[0]) / taps, downY = (high * down[1]) / taps;
  const lastX = width - 1, lastY = height - 1, share = 1 / (taps * taps);
  for (let i = 0; i < result.length; i++) {
    const column = taps * (i % columns), row = taps * Math.floor(i / columns);
    let sum = 0;
    for (let along = row + 0.5; along < row + taps; along++) {
      for (let across = column + 0.5; across < column + taps; across++) {
        const x = Math.min(Math.max(wide * corner[0] + across * rightX + along * downX - 0.5, 0), lastX);
        const y = Math.min(Math.max(high * corner[1] + across * rightY + along * downY - 0.5, 0), lastY);
        const left = Math.floor(x), top = Math.floor(y), u = x - left;
        const a = start + top * stride + left * step;
        const beside = left < lastX ? step : 0, below = top < lastY ? stride : 0;
        const above = data[a]! + u * (data[a + beside]! - data[a]!);
        const under = data[a + below]! + u * (data[a + below + beside]! - data[a + below]!);
        sum += above + (y - top) * (under - above);
      }
    }
    result[i] = share * sum;
  }
}
