/** Reads JSON Lines under bounds, a line at a time. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Static, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { messageOf, Problem } from '../../errors.js'

export type Bounds = { mostLines: number; longestLine: number }

/**
 * @param each - is given every line that is not empty, checked against the schema.
 * @throws Problem `invalid` that names the file and the first line that is wrong or too much.
 */
export async function readLines<S extends TSchema>(
  file: string,
  schema: S,
  { mostLines, longestLine }: Bounds,
  each: (value: Static<S>) => void,
): Promise<void> {
  const stream = createReadStream(file, { encoding: 'utf8' })
  const refuse = (line: number, what: string) => new Problem('invalid', `Line ${line} of ${file} ${what}.`)
  let line = 0
  try {
    for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
      line += 1
      if (text.trim() === '') continue
      if (line > mostLines) throw refuse(line, `is one too many: at most ${mostLines} are read`)
      if (text.length > longestLine) throw refuse(line, `is longer than ${longestLine} characters`)
      const value = parsed(text)
      if (!Value.Check(schema, value))
        throw refuse(line, 'is not of the form that .github/OPERATING.md gives')
      each(value)
    }
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem('invalid', `${file} cannot be read: ${messageOf(error)}`, { cause: error })
  } finally {
    stream.destroy()
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
