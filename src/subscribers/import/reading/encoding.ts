/** Finds out how a file is encoded by its first bytes, and decodes it. */
import type { Readable } from 'node:stream'
import { TextDecoder } from 'node:util'

export type Encoding = 'UTF-8' | 'UTF-16LE' | 'UTF-16BE'

/** UTF-16 is known by its byte order mark, or by the zeros beside its first letter; all else is read as UTF-8. */
export async function decodeText(
  file: Readable,
): Promise<{ encoding: Encoding; text: AsyncGenerator<string> }> {
  const chunks = file[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  let head = Buffer.alloc(0)
  while (head.length < 2) {
    const next = await chunks.next()
    if (next.done) break
    head = Buffer.concat([head, Buffer.from(next.value)])
  }
  const encoding = encodingOf(head)
  return { encoding, text: decoded(head, chunks, new TextDecoder(encoding)) }
}

function encodingOf([first, second]: Uint8Array): Encoding {
  if ((first === 0xff && second === 0xfe) || second === 0) return 'UTF-16LE'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== undefined)) return 'UTF-16BE'
  return 'UTF-8'
}

async function* decoded(
  head: Uint8Array,
  chunks: AsyncIterator<Uint8Array>,
  decoder: TextDecoder,
): AsyncGenerator<string> {
  try {
    yield decoder.decode(head, { stream: true })
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      yield decoder.decode(Buffer.from(next.value), { stream: true })
    }
    yield decoder.decode()
  } finally {
    await chunks.return?.()
  }
}
