// The picture: renderer, camera, light, ground. It draws when something has changed, and rests otherwise.

import {
  CanvasTexture, MathUtils, Mesh, MeshBasicMaterial, NeutralToneMapping, PCFShadowMap, PerspectiveCamera, PlaneGeometry,
  Scene, Spherical, SRGBColorSpace, Vector3, WebGLRenderer, Box3, type Object3D,
} from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import { Lights, type RigName } from './lights';

export type ViewName = 'front' | 'quarter' | 'side' | 'back';
const VIEWS: Record<ViewName, [azimuth: number, elevation: number]> = { front: [0, 2], quarter: [32, 5], side: [88, 2], back: [180, 5] };

/** Degrees, as of a portrait lens. */
const FIELD = 24;
/** Height of the free part of the picture over that of the head and bust. */
const MARGIN = 1.08;
/** Pixels at the top and the bottom that buttons cover. */
const COVERED = { top: 62, bottom: 84 };
const MOST_PIXEL_RATIO = 2;
/** Seconds between two pictures at least: 60 a second are enough on any screen. */
const SHORTEST = 1 / 62;
/** Longest step that is played, so that a page in the background does not leap when it comes back. */
const LONGEST = 0.1;

/** Whether the processor has to draw: then there are no shadows at first and no smoothed edges, so that it keeps up. */
function drawsInSoftware(): boolean {
  const context = document.createElement('canvas').getContext('webgl2');
  const names = context?.getExtension('WEBGL_debug_renderer_info');
  const told = names ? String(context!.getParameter(names.UNMASKED_RENDERER_WEBGL)) : '';
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(told);
}

export class Stage {
  readonly modest = drawsInSoftware();
  readonly renderer: WebGLRenderer;
  readonly camera = new PerspectiveCamera(FIELD, 1, 0.01, 50);
  readonly scene = new Scene();
  readonly lights: Lights;
  /** Is told how many seconds have passed; tells whether it wants to go on. */
  onframe: (seconds: number) => boolean = () => false;
  private readonly controls: OrbitControls;
  private readonly ground: Mesh;
  private box = new Box3(new Vector3(-0.15, -0.2, -0.15), new Vector3(0.15, 0.2, 0.15));
  private content: Object3D | null = null;
  private rig: RigName = 'studio';
  private asked = false;
  private last = 0;

  constructor(readonly canvas: HTMLCanvasElement) {
    this.renderer = new WebGLRenderer({ canvas, antialias: !this.modest, alpha: true, powerPreference: 'high-performance' });
    this.renderer.outputColorSpace = SRGBColorSpace;
    this.renderer.toneMapping = NeutralToneMapping;
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.type = PCFShadowMap;
    this.lights = new Lights(this.renderer, this.scene, this.modest ? 64 : 256);
    this.lights.castShadows(!this.modest);
    this.ground = makeGround();
    this.scene.add(this.ground);
    this.controls = new OrbitControls(this.camera, canvas);
    Object.assign(this.controls, { enableDamping: !this.modest, dampingFactor: 0.12, zoomSpeed: 0.7, rotateSpeed: 0.8, minPolarAngle: 0.5, maxPolarAngle: 2.05 });
    this.controls.addEventListener('change', () => { this.keepInReach(); this.draw(); });
    new ResizeObserver(() => this.resize()).observe(canvas.parentElement!);
    canvas.addEventListener('keydown', (event) => this.onkey(event));
    canvas.addEventListener('dblclick', () => this.look('front'));
    this.resize();
  }

  /** Show something in place of what was shown. */
  show(content: Object3D, box: Box3): void {
    if (this.content) this.scene.remove(this.content);
    this.content = content;
    this.box = box.clone();
    this.scene.add(content);
    const size = box.getSize(new Vector3());
    this.ground.position.set((box.min.x + box.max.x) / 2, box.min.y - 0.002, (box.min.z + box.max.z) / 2);
    this.ground.scale.set(1.5 * size.x, 1, 1.6 * size.z);
    this.light(this.rig);
    this.look('front');
  }

  light(rig: RigName): void {
    this.rig = rig;
    this.lights.use(rig, this.box);
    this.draw();
  }

  /** Go to a view that shows the whole of head and bust. */
  look(view: ViewName): void {
    const [azimuth, elevation] = VIEWS[view].map(MathUtils.degToRad) as [number, number];
    const size = this.box.getSize(new Vector3());
    const { clientHeight } = this.canvas.parentElement!;
    const free = Math.max(clientHeight - COVERED.top - COVERED.bottom, clientHeight / 2) / Math.max(clientHeight, 1);
    const height = Math.max((MARGIN * size.y) / free, (1.15 * Math.max(size.x, 0.8 * size.z)) / this.camera.aspect);
    const distance = height / 2 / Math.tan(MathUtils.degToRad(FIELD / 2)) + 0.35 * size.z;
    this.controls.minDistance = 0.3 * distance;
    this.controls.maxDistance = 2.2 * distance;
    this.camera.near = 0.05 * distance;
    this.camera.far = 6 * distance;
    this.camera.updateProjectionMatrix();
    this.box.getCenter(this.controls.target);
    this.camera.position.setFromSpherical(new Spherical(distance, Math.PI / 2 - elevation, azimuth)).add(this.controls.target);
    this.controls.update();
    this.draw();
  }

  expose(stops: number): void {
    this.renderer.toneMappingExposure = 2 ** stops;
    this.draw();
  }

  /** Ask for a picture soon. */
  draw(): void {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame((time) => this.frame(time));
  }

  /** Draw now, at some times the screen's size, and return the picture, transparent where nothing stands. */
  picture(scale: number): HTMLCanvasElement {
    const ratio = this.renderer.getPixelRatio();
    if (scale !== ratio) this.renderer.setPixelRatio(scale);
    this.renderer.render(this.scene, this.camera);
    const copy = document.createElement('canvas');
    [copy.width, copy.height] = [this.canvas.width, this.canvas.height];
    copy.getContext('2d')!.drawImage(this.canvas, 0, 0);
    if (scale !== ratio) {
      this.renderer.setPixelRatio(ratio);
      this.renderer.render(this.scene, this.camera);
    }
    return copy;
  }

  private frame(time: number): void {
    this.asked = false;
    const seconds = (time - this.last) / 1000;
    if (seconds < SHORTEST) return this.draw();
    this.last = time;
    const goesOn = this.onframe(Math.min(seconds, LONGEST));
    this.controls.update();
    this.renderer.render(this.scene, this.camera);
    if (goesOn) this.draw();
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas.parentElement!;
    if (!width || !height) return;
    const before = this.camera.aspect;
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, this.modest ? 1 : MOST_PIXEL_RATIO));
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    // What buttons cover below is more than above: the middle of the picture lies higher.
    this.camera.setViewOffset(width, height, 0, (COVERED.bottom - COVERED.top) / 2, width, height);
    if (Math.abs(before - this.camera.aspect) > 0.01) this.look('front');
    this.draw();
  }

  /** What is looked at stays in the head. */
  private keepInReach(): void {
    const inside = this.controls.target.clone().clamp(this.box.min, this.box.max);
    const shift = inside.sub(this.controls.target);
    this.controls.target.add(shift);
    this.camera.position.add(shift);
  }

  private onkey(event: KeyboardEvent): void {
    const turns: Record<string, [number, number]> = {
      ArrowLeft: [-0.12, 0], ArrowRight: [0.12, 0], ArrowUp: [0, -0.08], ArrowDown: [0, 0.08],
    };
    const zooms: Record<string, number> = { '+': 0.9, '=': 0.9, '-': 1.1 };
    const [turn, zoom] = [turns[event.key], zooms[event.key]];
    if ((!turn && !zoom) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const at = new Spherical().setFromVector3(this.camera.position.clone().sub(this.controls.target));
    if (turn) [at.theta, at.phi] = [at.theta + turn[0], MathUtils.clamp(at.phi + turn[1], 0.5, 2.05)];
    at.radius = MathUtils.clamp(at.radius * (zoom ?? 1), this.controls.minDistance, this.controls.maxDistance);
    this.camera.position.setFromSpherical(at).add(this.controls.target);
    this.controls.update();
    this.draw();
  }
}

/** A soft spot below the bust, so that it stands somewhere. */
function makeGround(): Mesh {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 256;
  const context = canvas.getContext('2d')!;
  const spot = context.createRadialGradient(128, 128, 0, 128, 128, 128);
  for (const [at, alpha] of [[0, 0.42], [0.35, 0.27], [0.7, 0.06], [1, 0]] as const) spot.addColorStop(at, `rgba(0,0,0,${alpha})`);
  context.fillStyle = spot;
  context.fillRect(0, 0, 256, 256);
  const material = new MeshBasicMaterial({ map: new CanvasTexture(canvas), transparent: true, depthWrite: false, toneMapped: false });
  return new Mesh(new PlaneGeometry(1, 1).rotateX(-Math.PI / 2), material);
}
