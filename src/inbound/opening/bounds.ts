/** Cuts a mail before a parser sees it, so that a hostile one costs no more than an honest one. */

/** A report stands at the head of its mail; what follows is the mail that came back. */
export const bytesRead = 512 * 1024
/** Multiparts and enclosed mails, each in the next. */
const levelsRead = 20
const linesRead = 20_000
const lineLength = 8 * 1024

const lineFeed = 0x0a
const opensLevel = /^content-type:\s*(?:multipart|message)\//i

/**
 * The head of the mail as far as it may be read: so many bytes, up to the part that nests too deep, and long
 * lines cut, since header values and addresses are parsed whole.
 */
export function withinBounds(raw: Buffer): Buffer {
  const head = raw.subarray(0, bytesRead)
  const kept: Buffer[] = []
  let levels = 0
  for (let start = 0; start < head.length && kept.length < linesRead; ) {
    const feed = head.indexOf(lineFeed, start)
    const end = feed < 0 ? head.length : feed + 1
    const line = head.subarray(start, end)
    if (isLevel(line) && ++levels > levelsRead) break
    kept.push(line.length > lineLength ? cut(line) : line)
    start = end
  }
  return Buffer.concat(kept)
}

function isLevel(line: Buffer): boolean {
  const first = line[0]
  return (first === 0x43 || first === 0x63) && opensLevel.test(line.subarray(0, 80).toString('latin1'))
}

const cut = (line: Buffer) => Buffer.concat([line.subarray(0, lineLength), Buffer.from('\n')])
