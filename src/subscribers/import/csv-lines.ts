/** Splits a CSV into records such that a broken one costs no other: each is parsed on its own. */
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { CsvError, parse } from 'csv-parse/sync'
import { Problem } from '../../errors.js'

export type CsvRecord = {
  /** Of its first line, from 1. */
  line: number
  cells: string[]
}

export type CsvFault = { line: number; reason: string }

// A cell may hold line breaks between quotation marks; more than this is a mark that was forgotten.
const mostLinesInRecord = 50
const longestLine = 1_000_000

/** Reads records (RFC 4180, UTF-8 with or without BOM, any line ends) and what is wrong in between. */
export async function* csvRecords(csv: Readable): AsyncGenerator<CsvRecord | CsvFault> {
  const ahead: string[] = []
  let line = 1
  const lines = linesOf(csv)
  const more = async () => {
    const next = await lines.next()
    if (!next.done) ahead.push(next.value)
    return !next.done
  }
  while (ahead.length > 0 || (await more())) {
    let taken = 1
    while (isOpen(ahead, taken) && taken < mostLinesInRecord) {
      if (taken === ahead.length && !(await more())) break
      taken += 1
    }
    const whole = isOpen(ahead, taken) ? null : parseOne(ahead.slice(0, taken).join('\n'))
    // What a forgotten quotation mark swallowed is given back: only its own line is lost.
    const used = whole?.cells || taken === 1 ? taken : 1
    if (whole?.cells && !isBlank(whole.cells)) yield { line, cells: whole.cells }
    else if (!whole?.cells) yield { line, reason: whole?.reason ?? 'a quotation mark is not closed' }
    ahead.splice(0, used)
    line += used
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

function parseOne(text: string): Parsed {
  // Most lines have nothing that needs a parser.
  if (!text.includes('"')) return { cells: text.split(',').map((cell) => cell.trim()) }
  try {
    const [cells] = parse(text, { trim: true })
    return { cells: cells ?? [] }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    // The parser's own message quotes the line, and with it an address.
    return { reason: 'a quotation mark stands where none may' }
  }
}

async function* linesOf(csv: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let first = true
  for await (const chunk of csv) {
    rest += decoder.write(Buffer.from(chunk as Uint8Array))
    if (first && rest) {
      rest = rest.replace(/^\uFEFF/, '')
      first = false
    }
    // A CR at the end may be half of a CRLF.
    const held = rest.endsWith('\r') ? '\r' : ''
    const parts = rest.slice(0, rest.length - held.length).split(/\r\n|\n|\r/)
    rest = (parts.pop() ?? '') + held
    if (rest.length > longestLine) throw new Problem('invalid', 'The file has a line of more than 1 MB.')
    yield* parts
  }
  const last = (rest + decoder.end()).replace(/\r$/, '')
  if (last) yield last
}
