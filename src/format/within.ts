/** Takes as many texts of a list as a page has room for. */

/**
 * The first texts that come to at most that many bytes, each counted with what stands around it; at least one.
 * @param around - bytes that each takes besides its own.
 */
export function firstWithin(room: number, texts: readonly string[], around = 0): string[] {
  let left = room
  const end = texts.findIndex((text) => {
    left -= Buffer.byteLength(text) + around
    return left < 0
  })
  return end < 0 ? [...texts] : texts.slice(0, Math.max(1, end))
}
