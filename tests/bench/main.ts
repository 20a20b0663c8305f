/** `npm run bench [-- --only sending,fanout] [--quick] [--readers N]`: all lanes in turn, a table with ratios, JSON in bench-results. */
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { openBenchDatabase } from './database.js'
import type { Lane, Row } from './lane.js'
import { reaches } from './lane.js'
import { desk } from './lanes/desk.js'
import { fanout } from './lanes/fanout.js'
import { imports } from './lanes/import.js'
import { ledger } from './lanes/ledger.js'
import { pages } from './lanes/pages.js'
import { personal } from './lanes/personal.js'
import { returns } from './lanes/returns.js'
import { scale } from './lanes/scale.js'
import { search } from './lanes/search.js'
import { sending } from './lanes/sending.js'
import { signup } from './lanes/signup.js'
import { startup } from './lanes/startup.js'

/** A further lane is one more name here. */
const lanes: Lane[] = [
  sending,
  ledger,
  fanout,
  search,
  signup,
  pages,
  imports,
  returns,
  scale,
  personal,
  startup,
  desk,
]

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    readers: { type: 'string' },
  },
})
const wanted = values.only?.split(',') ?? lanes.filter((lane) => !lane.byNameOnly).map(({ name }) => name)
const unknown = wanted.filter((name) => !lanes.some((lane) => lane.name === name))
if (unknown.length > 0) {
  console.error(
    `There is no lane ${unknown.join(', ')}; there are ${lanes.map(({ name }) => name).join(', ')}.`,
  )
  process.exit(2)
}

const tell = (line: string) => console.error(line)
const rows: Row[] = []
const database = await openBenchDatabase()
let closing: Promise<void> | undefined
// A signal during a lane makes the lane fail too: both ways out meet here.
const closeOnce = () => (closing ??= database.close())
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void closeOnce().finally(() => process.exit(1)))
}
try {
  for (const lane of lanes.filter(({ name }) => wanted.includes(name))) {
    rows.push(
      ...(await lane.run({
        ...database,
        quick: values.quick,
        readers: values.readers ? Number(values.readers) : undefined,
        tell,
      })),
    )
  }
} finally {
  await closeOnce()
}

const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.version }
const at = new Date().toISOString()
await mkdir('bench-results', { recursive: true })
const file = `bench-results/${at.replaceAll(/[:.]/g, '-')}.json`
await writeFile(file, `${JSON.stringify({ at, quick: values.quick, machine, rows }, null, 2)}\n`)
console.log(table(rows))
console.log(`\n${machine.cores} × ${machine.cpu}, Node ${machine.node}; ${file}`)
process.exit(0)

function table(all: Row[]): string {
  const lines = all.map((row) => {
    const ratio = row.ratio === undefined ? '' : `${row.ratio.toFixed(2)}×`
    const met = reaches(row)
    const mark = met === null ? '' : met ? 'yes' : 'no'
    return `| ${row.lane} | ${number(row.value)} ${row.unit} | ${row.peer ?? ''} | ${ratio} | ${row.target ?? ''} | ${mark} |`
  })
  return [
    '| lane | measured | against | ratio | target | reached |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n')
}

function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2)
}
