// What stands behind the head: two colours, light where the head is.

export type BackgroundName = 'auto' | 'paper' | 'sky' | 'peach' | 'mint' | 'slate' | 'night' | 'none';
type Pair = [inner: string, outer: string];

const PAIRS: Record<Exclude<BackgroundName, 'auto' | 'none'>, Pair> = {
  paper: ['#ffffff', '#e9e6e1'],
  sky: ['#dcecff', '#9dbfe8'],
  peach: ['#ffe9da', '#f2b391'],
  mint: ['#e0f6ea', '#97cfb4'],
  slate: ['#5b6475', '#2b303b'],
  night: ['#2c2545', '#0d0b17'],
};
const AUTO: Record<'light' | 'dark', Pair> = { light: ['#fbf8f4', '#ddd6ce'], dark: ['#3a3642', '#151419'] };
export const BACKGROUND_LABELS: Record<BackgroundName, string> = {
  auto: 'Automatic', paper: 'Paper', sky: 'Sky', peach: 'Peach', mint: 'Mint', slate: 'Slate', night: 'Night', none: 'Transparent',
};
/** Where the light spot is, as shares of width and height. */
const SPOT = [0.5, 0.42] as const;

/** The two colours of a background; null for none. */
export function coloursOf(name: BackgroundName): Pair | null {
  if (name === 'none') return null;
  return name === 'auto' ? AUTO[matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'] : PAIRS[name];
}

export function cssOf(name: BackgroundName): string {
  const pair = coloursOf(name);
  if (!pair) return 'repeating-conic-gradient(#8883 0 25%, #0000 0 50%) 0 0 / 22px 22px';
  return `radial-gradient(85% 75% at ${100 * SPOT[0]}% ${100 * SPOT[1]}%, ${pair[0]}, ${pair[1]})`;
}

/** Paint a background into a picture, under what is there. */
export function paintUnder(canvas: HTMLCanvasElement, name: BackgroundName): void {
  const pair = coloursOf(name);
  if (!pair) return;
  const context = canvas.getContext('2d')!;
  const { width, height } = canvas;
  context.save();
  context.globalCompositeOperation = 'destination-over';
  context.translate(SPOT[0] * width, SPOT[1] * height);
  context.scale(0.85 * width, 0.75 * height);
  const gradient = context.createRadialGradient(0, 0, 0, 0, 0, 1);
  gradient.addColorStop(0, pair[0]);
  gradient.addColorStop(1, pair[1]);
  context.fillStyle = gradient;
  context.fillRect(-2, -2, 4, 4);
  context.restore();
}
