/** Quoted-printable (RFC 2045) in a form that neither SMTP nor DKIM has to touch again. */

const hex = '0123456789ABCDEF'
const lineLimit = 76

const tab = 9
const newline = 10
const carriageReturn = 13
const space = 32
const dot = 46
const equals = 61
const tilde = 126
const fromLine = Buffer.from('From ')

/**
 * Encodes text as a piece that stands on lines of its own: it begins in the first column and ends with a
 * line end, a soft one unless the text itself ends a line, so that pieces can be put in any order.
 *
 * Beyond what the RFC asks, no line begins with a dot (RFC 5321 4.5.2 has nothing to stuff), none with
 * `From ` (mbox has nothing to quote), and no two blanks stand together (RFC 6376 3.4.4 has nothing to relax).
 */
export function encodePiece(text: string): Buffer {
  return encodeWord(text) ?? encodeLines(text)
}

/** A text without blanks and equals signs, as links are: nothing of it is encoded, unless a line begins badly. */
function encodeWord(text: string): Buffer | null {
  if (!/^[!-<>-~]+$/.test(text)) return null
  let lines = ''
  for (let at = 0; at < text.length; at += lineLimit - 1) {
    const line = text.slice(at, at + lineLimit - 1)
    if (line.startsWith('.')) return null
    lines += `${line}=\r\n`
  }
  return Buffer.from(lines, 'latin1')
}

function encodeLines(text: string): Buffer {
  const source = Buffer.from(text.replaceAll(/\r\n?|\n/g, '\n'), 'utf8')
  const target = Buffer.allocUnsafe(source.length * 3 + Math.ceil(source.length / 20) * 3 + 8)
  let length = 0
  let column = 0
  const write = (byte: number): void => {
    target[length++] = byte
    column += 1
  }
  const endLine = (): void => {
    target[length++] = carriageReturn
    target[length++] = newline
    column = 0
  }
  for (let at = 0; at < source.length; at += 1) {
    const byte = source[at] as number
    if (byte === newline) {
      endLine()
      continue
    }
    let plain = isPlain(source, at, length > 0 ? (target[length - 1] as number) : newline)
    // One column is kept free for the soft line end.
    if (column + (plain ? 1 : 3) >= lineLimit) {
      write(equals)
      endLine()
      plain = isPlain(source, at, newline)
    }
    if (plain && !(column === 0 && startsBadly(source, at))) {
      write(byte)
    } else {
      write(equals)
      write(hex.charCodeAt(byte >> 4))
      write(hex.charCodeAt(byte & 15))
    }
  }
  if (column > 0) {
    write(equals)
    endLine()
  }
  return Buffer.from(target.subarray(0, length))
}

/** True when the byte may stand for itself after the byte that was written last. */
function isPlain(source: Buffer, at: number, before: number): boolean {
  const byte = source[at] as number
  if (byte === space) {
    const next = source[at + 1]
    return before !== space && next !== undefined && next !== newline
  }
  return byte > space && byte <= tilde && byte !== equals && byte !== tab
}

function startsBadly(source: Buffer, at: number): boolean {
  if (source[at] === dot) return true
  return source[at] === fromLine[0] && source.subarray(at, at + fromLine.length).equals(fromLine)
}
