/** A file of papers as a source, for imports: JSON or JSON Lines. */
import { createReadStream } from 'node:fs'
import { messageOf } from '../../errors.js'
import { readFileEntry } from './file-entry.js'
import type { FoundPaper } from '../paper.js'
import { readJson } from './read-json.js'
import { type Source, SourceError } from '../source.js'

const mostBytes = 100_000_000

/** Lists the whole file for whatever day is asked. A list, an object with a list `papers`, or an object a line. */
export function fileSource(path: string): Source {
  return {
    name: 'file',
    day: async (day) => {
      const entries = entriesOf(await readCapped(path))
      const papers = new Map<string, FoundPaper>()
      const skipped: string[] = []
      for (const [i, entry] of entries.entries()) {
        const read = readFileEntry(entry, day)
        if (typeof read === 'string') skipped.push(`entry ${i + 1}: ${read}`)
        else if (!papers.has(read.id)) papers.set(read.id, read)
      }
      if (papers.size === 0 && entries.length > 0) {
        throw new SourceError(
          'not-a-list',
          `none of ${entries.length} entries is a paper: ${skipped[0] ?? ''}`,
        )
      }
      return { papers: [...papers.values()], skipped }
    },
  }
}

function entriesOf(text: string): unknown[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  // Each line of JSON Lines is whole by itself; the first line of any other JSON is whole only when it is all.
  if (lines.length > 1 && isWholeObject(lines[0] ?? '')) return lines.map(readLine)
  const body = readJson(text)
  if (Array.isArray(body)) return body
  if (typeof body === 'object' && body !== null) {
    if ('papers' in body && Array.isArray(body.papers)) return body.papers
    if ('title' in body || 'paper' in body) return [body]
  }
  throw new SourceError('not-a-list', 'no list of papers')
}

function isWholeObject(line: string): boolean {
  return /^\s*\{.*\}\s*$/.test(line) && typeof readLine(line) === 'object'
}

/** A broken line is one entry that is skipped, not the end of all. */
function readLine(line: string): unknown {
  try {
    return readJson(line)
  } catch (error) {
    if (error instanceof SourceError) return error.message
    throw error
  }
}

async function readCapped(path: string): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > mostBytes) throw new SourceError('too-large', `the file is larger than ${mostBytes} bytes`)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof SourceError) throw error
    throw new SourceError('unreachable', `the file cannot be read: ${messageOf(error)}`, { cause: error })
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}
