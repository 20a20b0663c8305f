/** What bytes are, by their first ones: nothing but these formats comes near a decoder, whatever a header said. */

type Format = 'jpeg' | 'png' | 'webp' | 'gif'

/** In hexadecimal. */
const beginnings: [Format, RegExp][] = [
  ['jpeg', /^ffd8ff/],
  ['png', /^89504e470d0a1a0a/],
  ['webp', /^52494646.{8}57454250/],
  ['gif', /^474946383[79]61/],
]

export function formatOf(bytes: Uint8Array): Format | null {
  const first = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(12, bytes.length)).toString('hex')
  return beginnings.find(([, beginning]) => beginning.test(first))?.[0] ?? null
}
