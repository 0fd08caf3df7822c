// The camera, and what people are told where there is none.

const WANTED: MediaTrackConstraints = { facingMode: 'user', width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };

const REASONS: Record<string, string> = {
  NotAllowedError: 'The camera is not allowed here; allow it in the browser’s address bar',
  NotFoundError: 'No camera was found',
  NotReadableError: 'Another program uses the camera',
};

/** Open the camera into a video element that plays. */
export async function openCamera(video: HTMLVideoElement, more: MediaTrackConstraints = {}): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new Error('Browsers give the camera to pages of this machine or of https only');
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { ...WANTED, ...more }, audio: false });
  } catch (error) {
    const { name, message } = error as DOMException;
    throw new Error(REASONS[name] ?? `The camera cannot be opened (${message})`);
  }
  video.srcObject = stream;
  video.muted = true;
  video.playsInline = true;
  await video.play();
  return stream;
}

export function closeCamera(video: HTMLVideoElement): void {
  for (const track of (video.srcObject as MediaStream | null)?.getTracks() ?? []) track.stop();
  video.srcObject = null;
}
