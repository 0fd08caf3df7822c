// What shapes are called, in which groups they are shown, and expressions that are mixed from them.

export interface ShapeGroup {
  title: string;
  names: string[];
}

const EXTRAS = new Set(['mouthOpen', 'mouthSmile', 'eyesClosed', 'eyesLookUp', 'eyesLookDown']);

/** Title of a group, what belongs to it, and the prefix that its names share. The first that fits takes a name. */
const GROUPS: [title: string, belongs: (name: string) => boolean, prefix: RegExp][] = [
  ['Presets', (name) => EXTRAS.has(name), /^$/],
  ['Eyes', (name) => name.startsWith('eye'), /^eye/],
  ['Brows', (name) => name.startsWith('brow'), /^brow/],
  ['Jaw', (name) => name.startsWith('jaw'), /^jaw/],
  ['Mouth', (name) => /^(mouth|lip)/.test(name), /^mouth/],
  ['Cheeks & nose', (name) => /^(cheek|nose|nostril|nasolabial)/.test(name), /^$/],
  ['Tongue', (name) => name.startsWith('tongue'), /^$/],
  ['Visemes', (name) => name.startsWith('viseme_'), /^viseme_/],
  ['Other', () => true, /^$/],
];
const ORDER = ['Eyes', 'Brows', 'Jaw', 'Mouth', 'Cheeks & nose', 'Tongue', 'Visemes', 'Presets', 'Other'];
/** Left and right are directions in these, not sides. */
const DIRECTIONS = new Set(['jawLeft', 'jawRight', 'mouthLeft', 'mouthRight']);

/** Sort names into groups, each in the order of the names, but right beside left. */
export function grouped(names: Iterable<string>): ShapeGroup[] {
  const found = new Map<string, string[]>(ORDER.map((title) => [title, []]));
  const placed = new Set<string>();
  const all = new Set(names);
  for (const name of all) {
    const [title] = GROUPS.find(([, belongs]) => belongs(name))!;
    for (const one of [name, mirrorOf(name)]) {
      if (placed.has(one) || !all.has(one)) continue;
      placed.add(one);
      found.get(title)!.push(one);
    }
  }
  return [...found].map(([title, members]) => ({ title, names: members })).filter((group) => group.names.length);
}

/** Side of the face on which a shape acts. */
export function sideOf(name: string): 'L' | 'R' | null {
  if (DIRECTIONS.has(name)) return null;
  return name.endsWith('Left') ? 'L' : name.endsWith('Right') ? 'R' : null;
}

/** The same shape on the other side; a shape without sides is its own mirror. */
export function mirrorOf(name: string): string {
  const side = sideOf(name);
  if (side === 'L') return name.replace(/Left$/, 'Right');
  return side === 'R' ? name.replace(/Right$/, 'Left') : name;
}

/** What people read: `eyeLookInLeft` is `Look in`, and its side is told apart. */
export function labelOf(name: string): string {
  const [, , prefix] = GROUPS.find(([, belongs]) => belongs(name))!;
  const bare = (sideOf(name) ? name.replace(/(Left|Right)$/, '') : name).replace(prefix, '') || name;
  if (name.startsWith('viseme_')) return bare;
  const words = bare.replace(/_/g, ' ').replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const both = (name: string, weight: number) => ({ [`${name}Left`]: weight, [`${name}Right`]: weight });

/** Expressions as weights of ARKit's shapes. Composed by eye for this page. */
export const EXPRESSIONS: Record<string, Record<string, number>> = {
  Neutral: {},
  Smile: { ...both('mouthSmile', 0.75), ...both('cheekSquint', 0.4), ...both('eyeSquint', 0.25) },
  Laugh: {
    jawOpen: 0.34, ...both('mouthSmile', 0.8), ...both('cheekSquint', 0.6), ...both('eyeSquint', 0.5),
    ...both('mouthUpperUp', 0.6), browInnerUp: 0.15,
  },
  Surprised: { ...both('eyeWide', 0.85), browInnerUp: 0.8, ...both('browOuterUp', 0.75), jawOpen: 0.42, mouthFunnel: 0.25 },
  Sad: { ...both('mouthFrown', 0.7), browInnerUp: 0.8, mouthShrugLower: 0.35, ...both('eyeSquint', 0.15), ...both('eyeLookDown', 0.25) },
  Angry: { ...both('browDown', 0.95), ...both('noseSneer', 0.4), ...both('mouthPress', 0.5), ...both('eyeSquint', 0.4), ...both('mouthFrown', 0.3) },
  Disgusted: { ...both('noseSneer', 0.85), ...both('mouthUpperUp', 0.4), ...both('browDown', 0.45), ...both('eyeSquint', 0.4), ...both('mouthFrown', 0.35) },
  Smirk: { mouthSmileRight: 0.7, mouthDimpleRight: 0.4, browOuterUpLeft: 0.6, eyeSquintRight: 0.3 },
  Wink: { eyeBlinkLeft: 1, mouthSmileLeft: 0.75, mouthSmileRight: 0.35, cheekSquintLeft: 0.6, browOuterUpRight: 0.35 },
  Kiss: { mouthPucker: 0.9, mouthFunnel: 0.15, ...both('eyeSquint', 0.3), browInnerUp: 0.25 },
  Cheeky: { tongueOut: 0.9, jawOpen: 0.22, ...both('mouthSmile', 0.45), eyeBlinkRight: 1, browOuterUpLeft: 0.5 },
  Sleepy: { ...both('eyeBlink', 0.55), browInnerUp: 0.2, jawOpen: 0.06, ...both('eyeLookDown', 0.3) },
};

const DULL = /^(viseme_|eyeLook|eyesLook|mouthOpen$|mouthSmile$|eyesClosed$|mouthClose$|tongueOut$|eyeBlink)/;

/** Draw an expression that a face could make: a few shapes, most of them alike on both sides. */
export function randomExpression(names: readonly string[], random: () => number): Record<string, number> {
  const pool = names.filter((name) => !DULL.test(name) && sideOf(name) !== 'R');
  const result: Record<string, number> = {};
  for (const name of pool) {
    if (random() > 0.26) continue;
    const weight = Math.round(100 * (name === 'jawOpen' ? 0.45 : 0.85) * random()) / 100;
    result[name] = weight;
    const other = mirrorOf(name);
    if (other !== name && names.includes(other)) result[other] = random() < 0.75 ? weight : Math.round(60 * random()) / 100;
  }
  return result;
}
