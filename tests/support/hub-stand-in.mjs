/**
 * A stand-in of the Hub's daily list on loopback: serves recorded days and fails as it is told.
 * As a program: node tests/support/hub-stand-in.mjs --dir FOLDER [--port 4010] [--now 2026-08-08T06:00:00Z]
 */
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

const byName = (a, b) => (a < b ? -1 : Number(a > b))
const dayFile = /^(\d{4}-\d{2}-\d{2})(?:__(\d{4}-\d{2}-\d{2})T(\d{2})(\d{2})Z)?\.json$/

/** Versions of each day by the time from which they are served: DAY.json, or DAY__2026-08-03T1706Z.json. */
function readDays(folder) {
  const days = new Map()
  for (const name of readdirSync(folder).toSorted(byName)) {
    const match = dayFile.exec(name)
    if (!match) continue
    const [, day, date, hour, minute] = match
    const from = date ? Date.parse(`${date}T${hour}:${minute}:00Z`) : 0
    const entries = JSON.parse(readFileSync(join(folder, name), 'utf8'))
    days.set(day, [...(days.get(day) ?? []), { from, entries }])
  }
  return days
}

export async function startHubStandIn(options = {}) {
  const now = options.now ?? (() => new Date())
  const days = options.dir ? readDays(options.dir) : new Map()
  for (const [day, entries] of Object.entries(options.days ?? {})) days.set(day, [{ from: 0, entries }])
  const faults = []
  const late = []
  const requests = []

  const entriesOf = (day) => {
    const versions = (days.get(day) ?? []).filter((version) => version.from <= now().getTime())
    const entries = versions.at(-1)?.entries ?? []
    // An error that was once saved as a day is served as it is.
    if (!Array.isArray(entries)) return entries
    const held = late.filter((one) => one.day === day && now() < one.until)
    return entries.filter((entry) => !held.some((one) => one.ids.includes(entry?.paper?.id)))
  }

  const nextFault = (day) => {
    const fault = faults.find(
      (one) => (!one.day || one.day === day) && one.times !== 0 && (!one.until || now() < one.until),
    )
    if (fault?.times !== undefined) fault.times -= 1
    return fault
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://stand-in')
    requests.push(url.pathname + url.search)
    const answer = (status, body, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    }
    if (url.pathname !== '/api/daily_papers') return answer(404, { error: 'not found' })
    const day = url.searchParams.get('date') ?? now().toISOString().slice(0, 10)
    const fault = nextFault(day)
    if (fault) return fail(fault, request, answer, response)
    if (day > now().toISOString().slice(0, 10)) return answer(400, { error: 'date is in the future' })
    const limit = Number(url.searchParams.get('limit') ?? 50)
    const from = Number(url.searchParams.get('p') ?? 0) * limit
    const entries = entriesOf(day)
    return answer(200, Array.isArray(entries) ? entries.slice(from, from + limit) : entries)
  })

  await new Promise((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    days: [...days.keys()].toSorted(byName),
    fail: (fault) => faults.push({ ...fault }),
    holdBack: (day, ids, until) => late.push({ day, ids, until }),
    serve: (day, entries) => days.set(day, [{ from: 0, entries }]),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function fail(fault, request, answer, response) {
  switch (fault.kind) {
    case 'too-many-requests':
      return answer(429, { error: 'rate limited' }, fault.headers ?? { ratelimit: '"api";r=0;t=2' })
    case 'server-error':
      return answer(500, { error: 'internal error' })
    case 'web-page':
      return answer(200, '<!doctype html><html><body>Maintenance</body></html>', {
        'content-type': 'text/html',
      })
    case 'error-object':
      return answer(200, { error: "Sorry, we can't find the page you are looking for." })
    case 'cut':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100000' })
      response.write('[{"paper":{"id":"2608.')
      return setTimeout(() => request.socket.destroy(), 20)
    case 'silence':
      return undefined
    case 'body':
      return answer(200, fault.body ?? '')
    default:
      throw new Error(`no fault is called ${fault.kind}`)
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: { dir: { type: 'string' }, port: { type: 'string' }, now: { type: 'string' } },
  })
  if (!values.dir) throw new Error('--dir FOLDER is needed: day files DATE.json')
  const fixed = values.now
  const standIn = await startHubStandIn({
    dir: values.dir,
    port: Number(values.port ?? 4010),
    ...(fixed ? { now: () => new Date(fixed) } : {}),
  })
  console.log(`PAPERS_API_URL=${standIn.url}  (${standIn.days.length} days)`)
}
