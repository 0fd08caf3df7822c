// Plays a clip by asking its tracks for values, so that weights and joints can be mixed with other drivers.

import { QuaternionKeyframeTrack, type AnimationClip, type Interpolant, type Object3D } from 'three';
import type { Avatar } from './avatar';

interface Channel {
  sample: Interpolant;
  write: (values: ArrayLike<number>) => void;
}

export class Player {
  playing = false;
  speed = 1;
  time = 0;
  clip: AnimationClip | null = null;
  /** Weights that the clip drives, as they are at `time`. */
  readonly weights = new Map<string, number>();
  private channels: Channel[] = [];
  private moved = new Map<Object3D, { position: Object3D['position']; quaternion: Object3D['quaternion']; scale: Object3D['scale'] }>();

  constructor(private readonly avatar: Avatar) {}

  /** Choose a clip and go to its beginning. Shapes that it never moves are not driven by it. */
  choose(clip: AnimationClip | null): void {
    this.restoreJoints();
    this.clip = clip;
    this.time = 0;
    this.weights.clear();
    this.channels = (clip?.tracks ?? []).flatMap((track) => {
      const end = track.name.lastIndexOf('.');
      const [target, property] = [track.name.slice(0, end), track.name.slice(end + 1)];
      const object = this.avatar.root.getObjectByName(target) ?? this.avatar.root.getObjectByProperty('uuid', target);
      const write = object && this.writer(object, property, track.values, track instanceof QuaternionKeyframeTrack);
      // glTF's cubic tracks bring their own interpolant by this very method.
      const sample = (track as unknown as { createInterpolant(result?: Float32Array): Interpolant }).createInterpolant();
      return write ? [{ sample, write }] : [];
    });
    this.apply();
  }

  /** Go on by some seconds. */
  advance(seconds: number): void {
    if (!this.playing || !this.clip) return;
    this.seek((this.time + seconds * this.speed) % Math.max(this.clip.duration, 1e-3));
  }

  seek(time: number): void {
    this.time = time;
    this.apply();
  }

  private apply(): void {
    for (const { sample, write } of this.channels) write(sample.evaluate(this.time) as ArrayLike<number>);
  }

  private writer(object: Object3D, property: string, keys: ArrayLike<number>, turns: boolean): Channel['write'] | null {
    if (property === 'morphTargetInfluences') {
      const names = Object.entries((object as { morphTargetDictionary?: Record<string, number> }).morphTargetDictionary ?? {});
      const count = names.length;
      const driven = names.filter(([, index]) => {
        for (let at = index; at < keys.length; at += count) if (keys[at]) return true;
        return false;
      });
      return (values) => driven.forEach(([name, index]) => this.weights.set(name, values[index]!));
    }
    if (!this.moved.has(object)) {
      this.moved.set(object, { position: object.position.clone(), quaternion: object.quaternion.clone(), scale: object.scale.clone() });
    }
    if (turns) return (values) => { object.quaternion.fromArray(values as number[]); };
    if (property === 'position' || property === 'scale') return (values) => { object[property].fromArray(values as number[]); };
    return null;
  }

  private restoreJoints(): void {
    for (const [object, { position, quaternion, scale }] of this.moved) {
      object.position.copy(position);
      object.quaternion.copy(quaternion);
      object.scale.copy(scale);
    }
    this.moved.clear();
  }
}
