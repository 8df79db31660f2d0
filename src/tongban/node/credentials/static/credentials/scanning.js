// Reads a QR code by the camera or out of a picture. The camera is off as soon as a code was read.

import { decodeQR } from './qr/decode.js'

function read (source, width, height) {
  const scale = Math.min(1, 1600 / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  context.drawImage(source, 0, 0, canvas.width, canvas.height)
  try {
    return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height))
  } catch {
    return null
  }
}

// The text of the first code that the camera sees, shown in `camera`; null when it cannot be opened.
export async function byCamera (camera) {
  let stream
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  } catch {
    return null
  }
  camera.srcObject = stream
  camera.hidden = false
  await camera.play()
  return new Promise(resolve => {
    const look = () => {
      const text = camera.videoWidth ? read(camera, camera.videoWidth, camera.videoHeight) : null
      if (text === null) { setTimeout(look, 150); return }
      for (const track of stream.getTracks()) track.stop()
      camera.hidden = true
      resolve(text)
    }
    look()
  })
}

// The text of the code in a picture; null when there is none.
export async function inPicture (file) {
  const picture = await createImageBitmap(file)
  return read(picture, picture.width, picture.height)
}
