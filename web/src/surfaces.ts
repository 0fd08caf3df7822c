// What a head is drawn with: its own pictures, clay, or clay with the edges of its triangles.

import { Mesh, MeshBasicMaterial, MeshStandardMaterial, SkinnedMesh, type Material } from 'three';

export type SurfaceName = 'picture' | 'clay' | 'wire';
export const SURFACE_LABELS: Record<SurfaceName, string> = { picture: 'Pictures', clay: 'Clay', wire: 'Wireframe' };

export class Surfaces {
  private readonly own = new Map<Mesh, Material | Material[]>();
  private readonly lines: Mesh[] = [];
  private readonly clay = new MeshStandardMaterial({ color: '#b9b2aa', roughness: 0.75 });
  private readonly wire = new MeshBasicMaterial({ color: '#10131a', wireframe: true, transparent: true, opacity: 0.34, depthWrite: false });

  constructor(private readonly meshes: readonly Mesh[]) {
    this.clay.polygonOffset = true;
    this.clay.polygonOffsetFactor = this.clay.polygonOffsetUnits = 1;
    for (const mesh of meshes) this.own.set(mesh, mesh.material);
  }

  use(name: SurfaceName): void {
    for (const line of this.lines) line.removeFromParent();
    this.lines.length = 0;
    for (const mesh of this.meshes) {
      const own = this.own.get(mesh)!;
      const seenThrough = (Array.isArray(own) ? own : [own]).some((material) => material.transparent);
      mesh.material = name === 'picture' ? own : this.clay;
      mesh.visible = name === 'picture' || !seenThrough || name === 'wire';
      if (name !== 'wire') continue;
      if (seenThrough) mesh.material = this.wire;
      else this.addLines(mesh);
    }
  }

  dispose(): void {
    this.use('picture');
    this.clay.dispose();
    this.wire.dispose();
  }

  /** The same mesh once more, which shares geometry, joints and weights. */
  private addLines(mesh: Mesh): void {
    let line: Mesh;
    if (mesh instanceof SkinnedMesh) {
      const skinned = new SkinnedMesh(mesh.geometry, this.wire);
      skinned.bind(mesh.skeleton, mesh.bindMatrix);
      line = skinned;
    } else {
      line = new Mesh(mesh.geometry, this.wire);
    }
    line.morphTargetInfluences = mesh.morphTargetInfluences;
    line.frustumCulled = false;
    mesh.add(line);
    this.lines.push(line);
  }
}
