/** Splits a CSV into records such that a broken one costs no other: each is parsed on its own. */
import type { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse/sync'
import { Problem } from '../../../errors.js'
import { type Delimiter, delimiterOf, delimiterTold } from './delimiter.js'
import { decodeText, type Encoding } from './encoding.js'

export type CsvRecord = {
  /** Of its first line, from 1. */
  line: number
  cells: string[]
}

type CsvFault = { line: number; reason: string }

// A cell may hold line breaks between quotation marks; more than this is a mark that was forgotten.
const mostLinesInRecord = 50
const longestLine = 1_000_000

export type Csv = {
  encoding: Encoding
  delimiter: Delimiter
  /** The records (RFC 4180, any line ends), the header first, and what is wrong in between. */
  records: AsyncGenerator<CsvRecord | CsvFault>
}

/** Opens a CSV in any of the encodings and with any of the delimiters that spreadsheets write. */
export async function openCsv(file: Readable): Promise<Csv> {
  const { encoding, text } = await decodeText(file)
  const lines = linesOf(text)
  let line = 1
  let first = await lines.next()
  const told = first.done ? null : delimiterTold(first.value)
  while (!first.done && (first.value.trim() === '' || delimiterTold(first.value))) {
    first = await lines.next()
    line += 1
  }
  const ahead = first.done ? [] : [first.value]
  const delimiter = told ?? delimiterOf(ahead[0] ?? '')
  return { encoding, delimiter, records: recordsOf(lines, ahead, line, delimiter) }
}

async function* recordsOf(
  lines: AsyncGenerator<string>,
  ahead: string[],
  from: number,
  delimiter: Delimiter,
): AsyncGenerator<CsvRecord | CsvFault> {
  let line = from
  const more = async () => {
    const next = await lines.next()
    if (!next.done) ahead.push(next.value)
    return !next.done
  }
  try {
    while (ahead.length > 0 || (await more())) {
      let taken = 1
      while (isOpen(ahead, taken) && taken < mostLinesInRecord) {
        if (taken === ahead.length && !(await more())) break
        taken += 1
      }
      const whole = isOpen(ahead, taken) ? null : parseOne(ahead.slice(0, taken).join('\n'), delimiter)
      // What a forgotten quotation mark swallowed is given back: only its own line is lost.
      const used = whole?.cells || taken === 1 ? taken : 1
      if (whole?.cells && !isBlank(whole.cells)) yield { line, cells: whole.cells }
      else if (!whole?.cells) yield { line, reason: whole?.reason ?? 'a quotation mark is not closed' }
      ahead.splice(0, used)
      line += used
    }
  } finally {
    await lines.return(undefined)
  }
}

/** Whether the first so many lines end inside quotation marks. */
function isOpen(lines: string[], count: number): boolean {
  let marks = 0
  for (const line of lines.slice(0, count)) marks += line.split('"').length - 1
  return marks % 2 === 1
}

const isBlank = (cells: string[]) => cells.every((cell) => cell === '')

type Parsed = { cells: string[]; reason?: never } | { cells?: never; reason: string }

function parseOne(text: string, delimiter: Delimiter): Parsed {
  // Most lines have nothing that needs a parser.
  if (!text.includes('"')) return { cells: text.split(delimiter).map((cell) => cell.trim()) }
  try {
    // Trimming by the parser takes tabs for blanks.
    const [cells] = parse(text, { trim: delimiter !== '\t', delimiter })
    return { cells: (cells ?? []).map((cell) => cell.trim()) }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    // The parser's own message quotes the line, and with it an address.
    return { reason: 'a quotation mark stands where none may' }
  }
}

async function* linesOf(text: AsyncGenerator<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const part of text) {
    rest += part
    // A CR at the end may be half of a CRLF.
    const held = rest.endsWith('\r') ? '\r' : ''
    const parts = rest.slice(0, rest.length - held.length).split(/\r\n|\n|\r/)
    rest = (parts.pop() ?? '') + held
    if (rest.length > longestLine) throw new Problem('invalid', 'The file has a line of more than 1 MB.')
    yield* parts
  }
  const last = rest.replace(/\r$/, '')
  if (last) yield last
}
