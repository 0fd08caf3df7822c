// Loads a VRM with three-vrm and prints, as JSON, what was found and how expressions move the vertices.
// node load_vrm.mjs FILE EXPRESSION...
import { readFile } from "node:fs/promises";
import { VRMLoaderPlugin } from "@pixiv/three-vrm";
import * as THREE from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";

const [path, ...asked] = process.argv.slice(2);
globalThis.self = globalThis;
const complaints = [];
for (const kind of ["warn", "error"]) console[kind] = (...words) => complaints.push(words.join(" "));

// Node decodes no pictures; the loader gets empty ones.
const withoutPictures = () => ({ name: "withoutPictures", loadTexture: async () => new THREE.Texture() });

function places(mesh) {
  const place = new THREE.Vector3();
  const found = [];
  for (let vertex = 0; vertex < mesh.geometry.attributes.position.count; vertex++) {
    mesh.getVertexPosition(vertex, place);
    found.push(...place.toArray());
  }
  return found;
}

function meshesOf(scene) {
  const meshes = {};
  scene.traverse((node) => {
    if (node.isMesh) meshes[node.name] = node;
  });
  return meshes;
}

function moves(vrm, meshes, weights) {
  vrm.expressionManager.resetValues();
  for (const [name, weight] of Object.entries(weights)) vrm.expressionManager.setValue(name, weight);
  vrm.expressionManager.update();
  vrm.scene.updateMatrixWorld(true);
  return Object.fromEntries(Object.entries(meshes).map(([name, mesh]) => [name, places(mesh)]));
}

function gaze(vrm, yaw, pitch) {
  vrm.expressionManager.resetValues();
  vrm.lookAt.applier.applyYawPitch(yaw, pitch);
  const names = ["lookLeft", "lookRight", "lookUp", "lookDown"];
  return Object.fromEntries(names.map((name) => [name, vrm.expressionManager.getValue(name)]));
}

const loader = new GLTFLoader();
loader.register(withoutPictures);
loader.register((parser) => new VRMLoaderPlugin(parser));
const bytes = await readFile(path);
const gltf = await loader.parseAsync(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), "");
const vrm = gltf.userData.vrm;
vrm.scene.updateMatrixWorld(true);
const meshes = meshesOf(vrm.scene);
const bones = {};
for (const [name, bone] of Object.entries(vrm.humanoid.humanBones)) {
  bones[name] = bone.node.getWorldPosition(new THREE.Vector3()).toArray();
}
const answer = {
  meta: vrm.meta,
  bones,
  presets: Object.keys(vrm.expressionManager.presetExpressionMap),
  custom: Object.keys(vrm.expressionManager.customExpressionMap),
  annotations: Object.fromEntries(
    vrm.firstPerson.meshAnnotations.map((one) => [one.meshes.map((mesh) => mesh.name).join(), one.type]),
  ),
  gaze: { left: gaze(vrm, 15, 0), down: gaze(vrm, 0, 54) },
  neutral: moves(vrm, meshes, {}),
  moved: Object.fromEntries(asked.map((name) => [name, moves(vrm, meshes, { [name]: 1 })])),
  complaints,
};
process.stdout.write(JSON.stringify(answer));
