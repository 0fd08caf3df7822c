// A head that was read from the bytes of a GLB or VRM file: what moves in it, by name.

import { VRMLoaderPlugin, VRMUtils, type VRM } from '@pixiv/three-vrm';
import { Box3, Mesh, Object3D, Quaternion, SkinnedMesh, type AnimationClip, type Material } from 'three';
import { GLTFLoader, type GLTF } from 'three/addons/loaders/GLTFLoader.js';
import { addMorphNormals } from './normals';

/** A joint and how it is turned at rest. */
export interface Joint {
  bone: Object3D;
  rest: Quaternion;
}

export interface AvatarStats {
  triangles: number;
  vertices: number;
  shapes: number;
  meshes: number;
  joints: number;
  bytes: number;
}

/** Where one weight is written. */
type Writer = (weight: number) => void;

export class Avatar {
  readonly meshes: Mesh[] = [];
  readonly clips: AnimationClip[];
  readonly vrm: VRM | null;
  readonly stats: AvatarStats;
  readonly box: Box3;
  private readonly writers = new Map<string, Writer[]>();
  private readonly joints = new Map<string, Joint>();

  constructor(readonly name: string, readonly root: Object3D, gltf: GLTF, bytes: number) {
    this.vrm = (gltf.userData['vrm'] as VRM | undefined) ?? null;
    this.clips = gltf.animations;
    let joints = 0;
    root.traverse((object) => {
      if (object instanceof Mesh) this.meshes.push(object);
      if ('isBone' in object) joints += 1;
    });
    addMorphNormals(this.meshes);
    this.meshes.forEach(prepare);
    this.bind();
    root.updateMatrixWorld(true);
    this.box = new Box3().setFromObject(root, true);
    const vertices = this.meshes.reduce((sum, mesh) => sum + mesh.geometry.getAttribute('position').count, 0);
    const corners = (mesh: Mesh) => mesh.geometry.index?.count ?? mesh.geometry.getAttribute('position').count;
    const triangles = this.meshes.reduce((sum, mesh) => sum + corners(mesh) / 3, 0);
    this.stats = { triangles, vertices, shapes: this.writers.size, meshes: this.meshes.length, joints, bytes };
  }

  /** Names of all shapes, in the order of the file. */
  get shapes(): string[] {
    return [...this.writers.keys()];
  }

  /** Write every weight; what is not named is 0. */
  write(weights: ReadonlyMap<string, number>): void {
    this.vrm?.expressionManager?.resetValues();
    for (const mesh of this.meshes) mesh.morphTargetInfluences?.fill(0);
    for (const [name, writers] of this.writers) {
      const weight = weights.get(name) ?? 0;
      if (weight) for (const write of writers) write(weight);
    }
  }

  /** A joint of a humanoid by VRM's name, such as `head` or `leftEye`, whatever the file calls it. */
  joint(name: 'head' | 'neck' | 'leftEye' | 'rightEye'): Joint | null {
    const found = this.joints.get(name);
    if (found) return found;
    const bone = this.vrm?.humanoid.getRawBoneNode(name) ?? this.byName(name);
    if (!bone) return null;
    const joint = { bone, rest: bone.quaternion.clone() };
    this.joints.set(name, joint);
    return joint;
  }

  /** Whether the gaze is among the shapes and moves eyeballs, so that joints must not turn them again. */
  get gazeIsShape(): boolean {
    return this.meshes.some((mesh) => {
      const names = mesh.morphTargetDictionary ?? {};
      return /eye/i.test(mesh.name) && 'eyeLookInLeft' in names !== 'eyeLookInRight' in names;
    }) || (this.writers.has('eyeLookInLeft') && !this.joint('leftEye'));
  }

  dispose(): void {
    VRMUtils.deepDispose(this.root);
  }

  private byName(name: string): Object3D | null {
    let found: Object3D | null = null;
    const wanted = name.toLowerCase();
    this.root.traverse((object) => {
      const bare = object.name.toLowerCase().replace(/^mixamorig:?/, '').replace(/[_ ]/g, '');
      if (!found && 'isBone' in object && bare === wanted) found = object;
    });
    return found;
  }

  private bind(): void {
    const add = (name: string, writer: Writer) => this.writers.set(name, [...(this.writers.get(name) ?? []), writer]);
    for (const mesh of this.meshes) {
      const influences = mesh.morphTargetInfluences;
      if (!influences) continue;
      for (const [name, index] of Object.entries(mesh.morphTargetDictionary ?? {})) {
        add(name, (weight) => { influences[index] = weight; });
      }
    }
    // A VRM file may move other things too. Those of its expressions that are no shapes of a mesh are sliders as well.
    for (const expression of this.vrm?.expressionManager?.expressions ?? []) {
      if (this.writers.has(expression.expressionName)) continue;
      add(expression.expressionName, (weight) => {
        expression.weight = weight;
        expression.applyWeight();
      });
    }
  }
}

/** Settings that glTF cannot say: shadows, an order for what is seen through, soft edges of what is cut out. */
function prepare(mesh: Mesh): void {
  mesh.frustumCulled = false; // its bounds do not know where shapes and joints move it
  const materials: Material[] = Array.isArray(mesh.material) ? mesh.material : [mesh.material];
  const seenThrough = materials.some((material) => material.transparent);
  mesh.castShadow = !seenThrough;
  mesh.receiveShadow = !/eye/i.test(mesh.name);
  // Lashes lie below lenses, and all skinned meshes have one origin, which would otherwise sort them by chance.
  if (seenThrough) mesh.renderOrder = /glass|lens/i.test(mesh.name + materials.map((m) => m.name)) ? 2 : 1;
  for (const material of materials) if (material.alphaTest > 0) material.alphaToCoverage = true;
}

/** Read a file. */
export async function readAvatar(bytes: ArrayBuffer, name: string): Promise<Avatar> {
  if (new DataView(bytes).byteLength < 20 || new DataView(bytes).getUint32(0, true) !== 0x46546c67) {
    throw new Error(`${name} is no GLB or VRM file`);
  }
  const loader = new GLTFLoader();
  loader.register((parser) => new VRMLoaderPlugin(parser, { autoUpdateHumanBones: false }));
  let gltf: GLTF;
  try {
    gltf = await loader.parseAsync(bytes, '');
  } catch (error) {
    throw new Error(`${name} cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
  const vrm = gltf.userData['vrm'] as VRM | undefined;
  if (vrm) VRMUtils.rotateVRM0(vrm);
  const avatar = new Avatar(name, vrm?.scene ?? gltf.scene, gltf, bytes.byteLength);
  if (!avatar.meshes.length) throw new Error(`${name} has no mesh to show`);
  return avatar;
}

/** Vertices of a mesh as they are drawn, in world axes: for tests, which compare them with the file. */
export function drawnPositions(mesh: Mesh): Float32Array {
  const count = mesh.geometry.getAttribute('position').count;
  const result = new Float32Array(3 * count);
  const point = mesh.position.clone();
  mesh.updateWorldMatrix(true, false);
  if (mesh instanceof SkinnedMesh) mesh.skeleton.update();
  for (let i = 0; i < count; i++) mesh.getVertexPosition(i, point).applyMatrix4(mesh.matrixWorld).toArray(result, 3 * i);
  return result;
}
