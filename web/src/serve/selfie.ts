// A picture from the camera, in a dialog.

import { h } from '../dom';
import { closeCamera, openCamera } from './camera';

const QUALITY = 0.95;

/** Return a picture, or null if the user thinks better of it. */
export async function takeSelfie(): Promise<Blob | null> {
  const video = h('video', { 'aria-label': 'What the camera sees, mirrored' });
  const shoot = h('button', { type: 'button', class: 'main', disabled: true }, 'Take the picture');
  const cancel = h('button', { type: 'button', class: 'second' }, 'Cancel');
  const dialog = h('dialog', { class: 'selfie', 'aria-label': 'Take a selfie' }, video,
    h('p', { class: 'hint' }, 'Look into the camera, with your face in even light.'), h('div', { class: 'zone-buttons' }, shoot, cancel));
  document.body.append(dialog);
  dialog.showModal();
  try {
    await openCamera(video, { width: { ideal: 1280 }, height: { ideal: 960 } });
    shoot.disabled = false;
    shoot.focus();
    return await new Promise<Blob | null>((done) => {
      shoot.onclick = () => grab(video).then(done);
      cancel.onclick = () => done(null);
      dialog.oncancel = () => done(null);
    });
  } finally {
    closeCamera(video);
    dialog.close();
    dialog.remove();
  }
}

function grab(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = h('canvas', { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext('2d')!.drawImage(video, 0, 0);
  return new Promise((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
}
