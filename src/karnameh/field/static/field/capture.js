/* Photos, voice and square codes. A photo is drawn anew on the phone: its place does not come along. */
import * as store from "./store.js";

const EDGE = 1280;
export const shrink = async (file) => {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, EDGE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.72));
  canvas.className = "app-photo";
  return { data: await blob.arrayBuffer(), canvas };
};
/* A file as the store and the protocol want it. */
export const kept = async (data, kind, taken, consent) => {
  const sha256 = await store.sha256(data);
  const row = { id: sha256, kind, box: await store.seal(data), done: false };
  return { row, named: { sha256, kind, size: data.byteLength, taken, consent } };
};
/* The same as letters, for what is kept while it is typed; and back, with the picture of a photo. */
export const letters = (data) => btoa(Array.from(new Uint8Array(data), (one) => String.fromCharCode(one)).join(""));
export const again = async ({ data, kind }) => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0)).buffer;
  return kind === "photo" ? { data: bytes, shownAs: (await shrink(new Blob([bytes]))).canvas } : { data: bytes };
};
export const canRecord = () => "MediaRecorder" in self && MediaRecorder.isTypeSupported("audio/webm;codecs=opus");
export const listenTo = async (heard) => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream, { mimeType: "audio/webm;codecs=opus", audioBitsPerSecond: 16000 });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  recorder.onstop = async () => {
    stream.getTracks().forEach((track) => track.stop());
    heard(await new Blob(parts).arrayBuffer());
  };
  recorder.start();
  setTimeout(() => recorder.state === "recording" && recorder.stop(), 60000);
  return () => recorder.state === "recording" && recorder.stop();
};
export const canScan = () => "BarcodeDetector" in self && Boolean(navigator.mediaDevices?.getUserMedia);
export const scan = async (video, heard) => {
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.srcObject = stream;
  await video.play();
  let going = true;
  const stop = () => { going = false; stream.getTracks().forEach((track) => track.stop()); };
  (async () => {
    while (going && video.isConnected) {
      const [found] = await detector.detect(video).catch(() => []);
      const code = found?.rawValue.match(/#\/check-in\/([2-9A-Z]{6})$/)?.[1];
      if (code) { stop(); heard(code); return; }
      await new Promise((next) => setTimeout(next, 250));
    }
    stop();
  })();
  return stop;
};
/* Where we are, to about a kilometre: the exact place never leaves this function. */
export const roughly = () =>
  new Promise((done) => {
    if (!navigator.geolocation) return done(null);
    const round = (degrees) => Math.round(degrees * 100) / 100;
    navigator.geolocation.getCurrentPosition(
      (found) => done([round(found.coords.latitude), round(found.coords.longitude)]), () => done(null),
      { timeout: 15000, maximumAge: 600000 });
  });
