/** Makes a logo of a picture: small enough to stand inside a page of 50 kB. */

const MAX_WIDTH = 384 // pixels; shown at half of it, for sharp screens
const MAX_HEIGHT = 96
const MAX_CHARACTERS = 45_000 // of its data: URL, as the server takes it

/** Undefined when the browser cannot read the file as a picture. */
export async function logoOf(file: Blob): Promise<string | undefined> {
  const picture = await createImageBitmap(file).catch(() => undefined)
  if (!picture) return undefined
  for (const part of [1, 0.7, 0.5, 0.3]) {
    const url = drawn(picture, part)
    if (url.length <= MAX_CHARACTERS) return url
  }
  return undefined
}

function drawn(picture: ImageBitmap, part: number): string {
  const scale = part * Math.min(1, MAX_WIDTH / picture.width, MAX_HEIGHT / picture.height)
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return canvas.toDataURL('image/png')
}
