/** A log that keeps all that is said, at the level that says most. */
import { Writable } from 'node:stream'
import { pino } from 'pino'
import type { Log } from '../../src/log.js'

export function traceLog(): { log: Log; text: () => string } {
  const lines: string[] = []
  const kept = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk))
      done()
    },
  })
  return { log: pino({ level: 'trace' }, kept), text: () => lines.join('') }
}
