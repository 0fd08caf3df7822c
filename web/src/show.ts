// One head on the stage and everything that moves it: sliders, a clip, the gaze.

import type { AnimationClip } from 'three';
import { drawnPositions, type Avatar } from './avatar';
import { Gaze } from './gaze';
import { Player } from './player';
import type { Stage } from './stage';
import { Surfaces, type SurfaceName } from './surfaces';
import { Weights } from './weights';

const GAZE_SHAPE = /^eyeLook(Up|Down|In|Out)(Left|Right)$/;

export class Show {
  readonly weights = new Weights();
  readonly player: Player;
  readonly gaze: Gaze;
  readonly surfaces: Surfaces;
  /** What was written last, for those who show it. */
  readonly written = new Map<string, number>();
  /** Is told after each change that is seen. */
  onchange: () => void = () => {};

  constructor(readonly avatar: Avatar, private readonly stage: Stage) {
    this.player = new Player(avatar);
    this.gaze = new Gaze(avatar);
    this.surfaces = new Surfaces(avatar.meshes);
    stage.onframe = (seconds) => this.frame(seconds);
    stage.show(avatar.root, avatar.box);
  }

  /** Set some weights by hand. A clip that drives one of them stops, so that the hand wins. */
  set(weights: Record<string, number>): void {
    if (this.player.playing && Object.keys(weights).some((name) => this.player.weights.has(name))) this.pause();
    this.weights.set(weights);
    this.stage.draw();
  }

  /** Go to an expression. A clip goes on, on top of it, in the shapes that it drives. */
  express(expression: Record<string, number>, atOnce = matchMedia('(prefers-reduced-motion: reduce)').matches): void {
    this.weights.glide(expression, { atOnce });
    this.stage.draw();
  }

  /** Back to the neutral head; a clip that stands still goes back to its beginning. */
  reset(): void {
    if (!this.player.playing) this.player.choose(this.player.clip);
    this.express({});
  }

  play(clip: AnimationClip | null = this.player.clip): void {
    if (clip !== this.player.clip) this.player.choose(clip);
    this.player.playing = clip !== null;
    this.stage.draw();
    this.onchange();
  }

  /** Stand still. What the clip shows becomes what the sliders say, so nothing jumps and every slider works on. */
  pause(): void {
    this.player.playing = false;
    this.weights.set(Object.fromEntries(this.player.weights));
    this.stage.draw();
    this.onchange();
  }

  seek(time: number): void {
    this.player.seek(time);
    if (!this.player.playing) this.weights.set(Object.fromEntries(this.player.weights));
    this.stage.draw();
  }

  follow(on: boolean): void {
    this.gaze.on = on;
    this.stage.draw();
  }

  lookAt(point: { x: number; y: number } | null): void {
    this.gaze.lookAt(point);
    if (this.gaze.on) this.stage.draw();
  }

  surface(name: SurfaceName): void {
    this.surfaces.use(name);
    this.stage.draw();
  }

  /** Mix and write everything now, without waiting for a picture. */
  frame(seconds: number): boolean {
    this.player.advance(seconds);
    const glides = this.weights.advance(seconds);
    for (const name of ['head', 'leftEye', 'rightEye'] as const) {
      const joint = this.avatar.joint(name);
      joint?.bone.quaternion.copy(joint.rest);
    }
    this.player.seek(this.player.time);
    const looks = this.gaze.advance(seconds, this.stage.camera);
    this.gaze.turnJoints();
    this.mix();
    this.avatar.write(this.written);
    this.avatar.root.updateMatrixWorld(true);
    this.avatar.vrm?.springBoneManager?.update(seconds);
    this.onchange();
    return this.player.playing || glides || looks;
  }

  positions(mesh: string): Float32Array {
    const found = this.avatar.meshes.find((one) => one.name === mesh);
    if (!found) throw new Error(`there is no mesh ${mesh}`);
    this.frame(0);
    return drawnPositions(found);
  }

  dispose(): void {
    this.surfaces.dispose();
    this.avatar.dispose();
  }

  private mix(): void {
    this.written.clear();
    for (const [name, weight] of this.weights.now) this.written.set(name, weight);
    if (this.player.playing) for (const [name, weight] of this.player.weights) this.written.set(name, weight);
    if (!this.gaze.on) return;
    for (const name of this.written.keys()) if (GAZE_SHAPE.test(name)) this.written.delete(name);
    for (const [name, weight] of this.gaze.weights) this.written.set(name, weight);
  }
}
