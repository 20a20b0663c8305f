/** The body as DATA wants it: dots at line starts doubled (RFC 5321 4.5.2), a dot of its own at the end. */

const newline = 10
const dot = Buffer.from('.')
const dotAfterNewline = Buffer.from('\n.')
const endAfterNewline = Buffer.from('.\r\n')
const endAfterText = Buffer.from('\r\n.\r\n')

/** The same buffers where no line begins with a dot, as none does that we assemble. */
export function stuffDots(message: Buffer[]): Buffer[] {
  if (!message.some((buffer, at) => firstDot(buffer, 0, atLineStart(message, at)) >= 0)) return message
  return message.flatMap((buffer, at) => stuffOne(buffer, atLineStart(message, at)))
}

/** What ends the message. */
export function endOfData(message: Buffer[]): Buffer {
  return atLineStart(message, message.length) ? endAfterNewline : endAfterText
}

export function sizeOf(message: Buffer[]): number {
  return message.reduce((sum, buffer) => sum + buffer.length, 0)
}

function atLineStart(message: Buffer[], at: number): boolean {
  let before = at - 1
  while (before >= 0 && message[before]?.length === 0) before -= 1
  return before < 0 || message[before]?.at(-1) === newline
}

/** Where the next dot at a line start is, at or after an offset; -1 when there is none. */
function firstDot(buffer: Buffer, from: number, lineStart: boolean): number {
  if (from === 0 && lineStart && buffer[0] === dot[0]) return 0
  const found = buffer.indexOf(dotAfterNewline, Math.max(0, from - 1))
  return found < 0 ? -1 : found + 1
}

function stuffOne(buffer: Buffer, lineStart: boolean): Buffer[] {
  const pieces: Buffer[] = []
  let from = 0
  for (let at = firstDot(buffer, 0, lineStart); at >= 0; at = firstDot(buffer, at + 1, false)) {
    pieces.push(buffer.subarray(from, at), dot)
    from = at
  }
  return [...pieces, buffer.subarray(from)]
}
