/** What dates and instants are in the schemas of requests: those that Postgres can reckon with, see `isDay`. */
import type { Ajv } from 'ajv'
import { isDay } from '../../clock.js'

// RFC 3339, 5.6.
const instant =
  /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i

/** For `ajv.onCreate` of Fastify. */
export function knowDates(ajv: Ajv): void {
  ajv.addFormat('date', isDay)
  ajv.addFormat('date-time', (text: string) => instant.test(text) && isDay(text.slice(0, 10)))
}
