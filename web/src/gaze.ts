// Eyes, and a little of the head, that follow a point.

import { Euler, MathUtils, Quaternion, Vector3, type Camera, type Object3D } from 'three';
import type { Avatar } from './avatar';

/** How far the eyeballs of toonface's heads turn at weight 1, degrees (docs/conventions.md). */
const DEGREES = { Up: 24, Down: 27, In: 30, Out: 30 };
const HEAD_SHARE = 0.3;
const HEAD_MOST = MathUtils.degToRad(11);
/** Seconds after which two thirds of the way are done. */
const EYE_SECONDS = 0.055;
const HEAD_SECONDS = 0.22;
/** Of the way from the eyes to the camera, at which the point that is looked at lies. */
const DEPTH = 0.26;

interface Turn {
  yaw: number;
  pitch: number;
}

export class Gaze {
  on = false;
  /** The eyes' part, as shapes; empty where joints turn them. */
  readonly weights = new Map<string, number>();
  private pointer: { x: number; y: number } | null = null;
  private eyes: Turn = { yaw: 0, pitch: 0 };
  private head: Turn = { yaw: 0, pitch: 0 };
  private readonly centre = new Vector3();

  constructor(private readonly avatar: Avatar) {
    const [left, right] = [avatar.joint('leftEye'), avatar.joint('rightEye')];
    if (left && right) {
      this.centre.copy(left.bone.getWorldPosition(new Vector3())).add(right.bone.getWorldPosition(new Vector3())).multiplyScalar(0.5);
    } else {
      avatar.box.getCenter(this.centre).setZ(avatar.box.max.z);
    }
  }

  /** Look at a point of the picture, both from -1 to 1, x to the right and y up; null for straight ahead. */
  lookAt(pointer: { x: number; y: number } | null): void {
    this.pointer = pointer;
  }

  /** Go on by some seconds; tell whether the eyes still move. */
  advance(seconds: number, camera: Camera): boolean {
    const wanted = this.on && this.pointer ? this.towards(this.pointer, camera) : { yaw: 0, pitch: 0 };
    const asked = {
      yaw: MathUtils.clamp(HEAD_SHARE * wanted.yaw, -HEAD_MOST, HEAD_MOST),
      pitch: MathUtils.clamp(HEAD_SHARE * wanted.pitch, -HEAD_MOST, HEAD_MOST),
    };
    const headMoves = approach(this.head, asked, seconds / HEAD_SECONDS);
    const rest = { yaw: wanted.yaw - this.head.yaw, pitch: wanted.pitch - this.head.pitch };
    const eyesMove = approach(this.eyes, rest, seconds / EYE_SECONDS);
    this.writeShapes();
    return headMoves || eyesMove;
  }

  /** Turn the joints on from where clips and rest have put them. */
  turnJoints(): void {
    const still = !this.on && Math.abs(this.head.yaw) + Math.abs(this.head.pitch) + Math.abs(this.eyes.yaw) + Math.abs(this.eyes.pitch) < 1e-5;
    if (still) return;
    const head = this.avatar.joint('head');
    if (head) turn(head.bone, this.head);
    if (this.avatar.gazeIsShape) return;
    for (const name of ['leftEye', 'rightEye'] as const) {
      const eye = this.avatar.joint(name);
      if (eye) turn(eye.bone, this.eyes);
    }
  }

  /** Angles to a point of the picture: yaw to the character's left (+X), pitch upwards, radians. */
  private towards({ x, y }: { x: number; y: number }, camera: Camera): Turn {
    const eye = camera.getWorldPosition(new Vector3());
    const ray = new Vector3(x, y, 0.5).unproject(camera).sub(eye).normalize();
    const target = eye.clone().addScaledVector(ray, (1 - DEPTH) * eye.distanceTo(this.centre)).sub(this.centre);
    // From behind there is nothing to follow: the eyes stay within what they can do.
    const yaw = Math.atan2(target.x, Math.max(target.z, 1e-3));
    const pitch = Math.atan2(target.y, Math.hypot(target.x, target.z));
    return { yaw: MathUtils.clamp(yaw, -0.62, 0.62), pitch: MathUtils.clamp(pitch, -0.5, 0.5) };
  }

  private writeShapes(): void {
    this.weights.clear();
    if (!this.on) return;
    const [yaw, pitch] = [MathUtils.radToDeg(this.eyes.yaw), MathUtils.radToDeg(this.eyes.pitch)];
    for (const [side, out] of [['Left', yaw], ['Right', -yaw]] as const) {
      const turns = { Up: pitch, Down: -pitch, Out: out, In: -out };
      for (const [direction, degrees] of Object.entries(turns) as [keyof typeof DEGREES, number][]) {
        this.weights.set(`eyeLook${direction}${side}`, MathUtils.clamp(degrees / DEGREES[direction], 0, 1));
      }
    }
  }
}

function approach(turned: Turn, wanted: Turn, steps: number): boolean {
  const share = 1 - Math.exp(-steps);
  const [yaw, pitch] = [wanted.yaw - turned.yaw, wanted.pitch - turned.pitch];
  const far = Math.abs(yaw) + Math.abs(pitch) > 1e-3;
  turned.yaw += far ? share * yaw : yaw;
  turned.pitch += far ? share * pitch : pitch;
  return far;
}

/** Turn a joint about the world's axes: yaw about +Y, pitch upwards, which is about -X. */
function turn(bone: Object3D, { yaw, pitch }: Turn): void {
  const world = new Quaternion().setFromEuler(new Euler(-pitch, yaw, 0, 'YXZ'));
  const above = bone.parent?.getWorldQuaternion(new Quaternion()) ?? new Quaternion();
  bone.quaternion.premultiply(above.clone().invert().multiply(world).multiply(above));
}
