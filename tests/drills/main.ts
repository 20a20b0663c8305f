/** `npm run drill [-- crash|pauses|cut|fifteen-days|night] [--seed N] [--deliveries N] [--kills N]`; exits non-zero for a broken promise. */
import { parseArgs } from 'node:util'
import { crashDrill } from './crash.js'
import { cutDrill } from './cut.js'
import { nightDrill } from './night/night.js'
import { fifteenDaysDrill } from './fifteen-days.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    deliveries: { type: 'string' },
    kills: { type: 'string' },
    readers: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

const tell = (line: string) => console.error(line)
const number = (text: string | undefined, fallback: number) => (text === undefined ? fallback : Number(text))
const seed = number(values.seed, Date.now() % 100_000)
const common = { seed, connections: 10, leaseSeconds: 10, limitSeconds: 1_200, tell }

/** Each message takes so long that a run of that many seconds has work to do for two workers. */
const paced = (deliveries: number, seconds: number) =>
  Math.min(400, Math.max(5, (seconds * 1_000 * 18) / deliveries))

const drills: Record<string, () => Promise<{ broken: string[] }>> = {
  crash: () => {
    const deliveries = number(values.deliveries, 20_000)
    const kills = number(values.kills, 50)
    return crashDrill({ ...common, deliveries, kills, restarts: 2, delayMs: paced(deliveries, 3 * kills) })
  },
  pauses: () => {
    const deliveries = number(values.deliveries, 10_000)
    const kills = number(values.kills, 10)
    const delayMs = paced(deliveries, 5 * kills)
    return crashDrill({ ...common, deliveries, kills, restarts: 1, pauses: 6, deferring: 0.2, delayMs })
  },
  cut: () => {
    const deliveries = number(values.deliveries, 5_000)
    return cutDrill({ ...common, deliveries, cuts: 2, delayMs: paced(deliveries, 90) })
  },
  night: () => {
    const readers = number(values.readers, 2_000)
    return nightDrill({ readers, delayMs: paced(readers, 20), tell })
  },
  'fifteen-days': () => fifteenDaysDrill({ readers: number(values.readers, 1_000), tell }),
}

const [which = 'crash'] = positionals
const drill = drills[which]
if (!drill) throw new Error(`there is no drill ${which}: ${Object.keys(drills).join(', ')}`)
tell(`drill ${which}, seed ${seed}`)
const result = await drill()
console.log(values.json ? JSON.stringify(result, null, 2) : table(result))
for (const line of result.broken) console.error(`BROKEN: ${line}`)
process.exit(result.broken.length === 0 ? 0 : 1)

function table(result: object): string {
  const rows = Object.entries(result).filter(([, value]) => typeof value === 'number')
  const lines = rows.map(([name, value]) => `| ${words(name)} | ${Math.round(value * 10) / 10} |`)
  return ['| what | count |', '|---|---|', ...lines].join('\n')
}

function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
