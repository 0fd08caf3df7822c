// Light rigs: soft boxes that are seen in the eyes and fill the shadows, and a few lamps.

import {
  AmbientLight, BackSide, BoxGeometry, Color, DirectionalLight, Group, Mesh, MeshBasicMaterial, PMREMGenerator, Scene,
  type Box3, type Object3D, type Texture, type WebGLRenderer,
} from 'three';

export type RigName = 'studio' | 'soft' | 'side' | 'stage' | 'flat';
export const RIG_LABELS: Record<RigName, string> = { studio: 'Studio', soft: 'Soft', side: 'Side', stage: 'Stage', flat: 'Flat' };

interface Lamp {
  colour: string;
  /** Times pi, so that 1 shows a surface that faces the lamp in its own colour. */
  power: number;
  /** From the head; lengths do not matter. */
  from: [number, number, number];
  shadow?: boolean;
}

interface SoftBox {
  colour: string;
  power: number;
  at: [number, number, number];
  size: [number, number];
}

interface Rig {
  lamps: Lamp[];
  boxes: SoftBox[];
  /** Colour of the room round the boxes. */
  room: string;
  /** How much of boxes and room reaches the head. */
  share: number;
  /** Light without a direction. */
  ambient: number;
}

const WINDOW: SoftBox = { colour: '#fff6ea', power: 9, at: [3.2, 3.4, 4.2], size: [2.4, 2.4] };
const STRIP: SoftBox = { colour: '#e9f1ff', power: 5, at: [-4.6, 1.2, 1.5], size: [1.2, 4] };

const RIGS: Record<RigName, Rig> = {
  studio: {
    lamps: [
      { colour: '#fff1e0', power: 0.5, from: [0.6, 0.85, 1.6], shadow: true },
      { colour: '#dfe9ff', power: 0.16, from: [-1.4, 0.25, 0.9] },
      { colour: '#ffffff', power: 0.3, from: [-0.9, 0.7, -1.4] },
    ],
    boxes: [WINDOW, STRIP],
    room: '#a09c98',
    share: 0.8,
    ambient: 0.16,
  },
  soft: {
    lamps: [{ colour: '#ffffff', power: 0.26, from: [0.2, 1.2, 1.2], shadow: true }],
    boxes: [{ ...WINDOW, at: [0, 4.5, 3], size: [6, 3] }, { ...STRIP, at: [-4.6, 0.6, 2.4], size: [2.5, 5] }, { ...STRIP, at: [4.6, 0.6, 2.4], size: [2.5, 5] }],
    room: '#b9bcc2',
    share: 0.82,
    ambient: 0.04,
  },
  side: {
    lamps: [
      { colour: '#ffe2bf', power: 0.95, from: [1.5, 0.6, 0.95], shadow: true },
      { colour: '#9db8ff', power: 0.34, from: [-1.3, 0.5, -1.2] },
    ],
    boxes: [{ ...WINDOW, at: [5, 2.4, 2.2] }],
    room: '#5a606c',
    share: 0.7,
    ambient: 0.08,
  },
  stage: {
    lamps: [
      { colour: '#ff4f8f', power: 1.0, from: [-1.6, 0.4, 0.35] },
      { colour: '#2fb6ff', power: 1.0, from: [1.6, 0.4, 0.2] },
      { colour: '#fff0e0', power: 0.4, from: [0.1, 0.9, 1.6], shadow: true },
    ],
    boxes: [{ ...WINDOW, power: 5, at: [0.8, 3, 5], size: [1.6, 1.2] }],
    room: '#2a2440',
    share: 0.5,
    ambient: 0.03,
  },
  flat: { lamps: [], boxes: [], room: '#000000', share: 0, ambient: 1 },
};

/** Shadow maps: texels per side, and how soft their edge is. */
const SHADOW_SIZE = 2048;
const SHADOW_RADIUS = 5;

export class Lights {
  readonly group = new Group();
  private readonly rooms = new Map<RigName, Texture>();
  private readonly generator: PMREMGenerator;
  private shadows = true;

  constructor(renderer: WebGLRenderer, private readonly scene: Scene, private readonly roomSize: number) {
    this.generator = new PMREMGenerator(renderer);
    scene.add(this.group);
  }

  /** Put up a rig for what lies in a box. */
  use(name: RigName, box: Box3): void {
    const rig = RIGS[name];
    this.clear();
    const centre = box.min.clone().add(box.max).multiplyScalar(0.5);
    const reach = 0.62 * box.min.distanceTo(box.max);
    for (const lamp of rig.lamps) this.group.add(...this.lamp(lamp, centre, reach));
    if (rig.ambient) this.group.add(new AmbientLight('#ffffff', Math.PI * rig.ambient));
    this.scene.environment = rig.share ? this.room(name) : null;
    this.scene.environmentIntensity = rig.share;
  }

  castShadows(on: boolean): void {
    this.shadows = on;
    this.group.traverse((object) => { if (object instanceof DirectionalLight && object.userData['shadow']) object.castShadow = on; });
  }

  /** Turn all lamps and boxes about the head, radians. */
  turn(angle: number): void {
    this.group.rotation.y = angle;
    this.scene.environmentRotation.y = angle;
  }

  private clear(): void {
    this.group.traverse((object) => { if (object instanceof DirectionalLight) object.dispose(); });
    this.group.clear();
  }

  private lamp({ colour, power, from, shadow }: Lamp, centre: Box3['min'], reach: number): Object3D[] {
    const light = new DirectionalLight(colour, Math.PI * power);
    light.position.set(...from).setLength(3 * reach).add(centre);
    light.target.position.copy(centre);
    light.userData['shadow'] = shadow ?? false;
    light.castShadow = this.shadows && (shadow ?? false);
    light.shadow.mapSize.set(SHADOW_SIZE, SHADOW_SIZE);
    light.shadow.radius = SHADOW_RADIUS;
    light.shadow.bias = -0.0006;
    light.shadow.normalBias = 0.004 * reach / 0.3;
    Object.assign(light.shadow.camera, { left: -reach, right: reach, top: reach, bottom: -reach, near: reach, far: 5 * reach });
    return [light, light.target];
  }

  private room(name: RigName): Texture {
    let texture = this.rooms.get(name);
    if (!texture) {
      const { boxes, room } = RIGS[name];
      const scene = new Scene();
      scene.add(new Mesh(new BoxGeometry(14, 10, 14), new MeshBasicMaterial({ color: room, side: BackSide })));
      for (const { colour, power, at, size } of boxes) {
        const panel = new Mesh(new BoxGeometry(size[0], size[1], 0.05), new MeshBasicMaterial({ color: new Color(colour).multiplyScalar(power) }));
        panel.position.set(...at);
        panel.lookAt(0, 0, 0);
        scene.add(panel);
      }
      texture = this.generator.fromScene(scene, 0.02, 0.1, 100, { size: this.roomSize }).texture;
      this.rooms.set(name, texture);
    }
    return texture;
  }
}
