// How shapes turn the normals of meshes that do not say so themselves. Without it an open jaw is lit like a closed one.

import { Float32BufferAttribute, type BufferAttribute, type InterleavedBufferAttribute, type Mesh } from 'three';

type Attribute = BufferAttribute | InterleavedBufferAttribute;

/** Places finer than a tenth of a millimetre and normals finer than half a degree count as one vertex: seams are welded. */
const PLACE = 1e4;
const NORMAL = 100;

interface Part {
  mesh: Mesh;
  index: ArrayLike<number>;
  /** Number of the welded vertex of each vertex. */
  welded: Int32Array;
}

/** Add normals to every shape of meshes that have none, from area-weighted normals of the moved triangles. */
export function addMorphNormals(meshes: readonly Mesh[]): void {
  const lacking = meshes.filter(({ geometry }) => {
    const { position, normal } = geometry.morphAttributes;
    return position?.length && !normal?.length && geometry.getAttribute('normal') && geometry.index;
  });
  if (!lacking.length) return;
  const { parts, rest } = weld(lacking);
  const still = new Float32Array(rest.length);
  sumNormals(parts, rest, still);
  normalise(still);
  const names = new Set(lacking.flatMap((mesh) => Object.keys(mesh.morphTargetDictionary ?? {})));
  const moved = new Float32Array(rest.length);
  const turned = new Float32Array(rest.length);
  for (const name of names) {
    moved.set(rest);
    const having = parts.filter((part) => name in (part.mesh.morphTargetDictionary ?? {}));
    for (const part of having) shift(part, name, moved);
    sumNormals(parts, moved, turned);
    normalise(turned);
    for (const part of having) store(part, name, still, turned);
  }
}

function weld(meshes: readonly Mesh[]): { parts: Part[]; rest: Float32Array } {
  const numbers = new Map<string, number>();
  const places: number[] = [];
  const parts = meshes.map((mesh) => {
    const position = mesh.geometry.getAttribute('position');
    const normal = mesh.geometry.getAttribute('normal');
    const welded = new Int32Array(position.count);
    for (let i = 0; i < position.count; i++) {
      const [x, y, z] = [position.getX(i), position.getY(i), position.getZ(i)];
      const key = [x * PLACE, y * PLACE, z * PLACE, normal.getX(i) * NORMAL, normal.getY(i) * NORMAL, normal.getZ(i) * NORMAL]
        .map(Math.round).join();
      let number = numbers.get(key);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(key, number);
        places.push(x, y, z);
      }
      welded[i] = number;
    }
    return { mesh, index: mesh.geometry.index!.array, welded };
  });
  return { parts, rest: new Float32Array(places) };
}

function offsetsOf(mesh: Mesh, name: string): Attribute {
  return mesh.geometry.morphAttributes.position![mesh.morphTargetDictionary![name]!]!;
}

function shift({ mesh, welded }: Part, name: string, places: Float32Array): void {
  const offsets = offsetsOf(mesh, name);
  const rest = mesh.geometry.getAttribute('position');
  for (let i = 0; i < offsets.count; i++) {
    const [x, y, z] = [offsets.getX(i), offsets.getY(i), offsets.getZ(i)];
    if (!x && !y && !z) continue;
    const at = 3 * welded[i]!;
    places[at] = rest.getX(i) + x;
    places[at + 1] = rest.getY(i) + y;
    places[at + 2] = rest.getZ(i) + z;
  }
}

function sumNormals(parts: readonly Part[], p: Float32Array, sums: Float32Array): void {
  sums.fill(0);
  for (const { index, welded } of parts) {
    for (let i = 0; i < index.length; i += 3) {
      const a = 3 * welded[index[i]!]!;
      const b = 3 * welded[index[i + 1]!]!;
      const c = 3 * welded[index[i + 2]!]!;
      const ux = p[b]! - p[a]!, uy = p[b + 1]! - p[a + 1]!, uz = p[b + 2]! - p[a + 2]!;
      const vx = p[c]! - p[a]!, vy = p[c + 1]! - p[a + 1]!, vz = p[c + 2]! - p[a + 2]!;
      const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
      for (const at of [a, b, c]) {
        sums[at]! += nx;
        sums[at + 1]! += ny;
        sums[at + 2]! += nz;
      }
    }
  }
}

function normalise(normals: Float32Array): void {
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.hypot(normals[i]!, normals[i + 1]!, normals[i + 2]!);
    for (let k = i; k < i + 3; k++) normals[k] = length > 1e-20 ? normals[k]! / length : 0;
  }
}

function store({ mesh, welded }: Part, name: string, still: Float32Array, turned: Float32Array): void {
  const shapes = mesh.geometry.morphAttributes;
  const values = new Float32Array(3 * welded.length);
  welded.forEach((number, i) => {
    for (let k = 0; k < 3; k++) values[3 * i + k] = turned[3 * number + k]! - still[3 * number + k]!;
  });
  shapes.normal ??= [];
  shapes.normal[mesh.morphTargetDictionary![name]!] = new Float32BufferAttribute(values, 3);
}
