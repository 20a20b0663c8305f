/** What commands print: results on stdout, as text or as JSON; progress on stderr. */
import cliProgress from 'cli-progress'

/** How fast it goes, and how long it will take; null while that cannot be foretold. */
type Speed = { perSecond: number; secondsLeft: number | null }

type Progress = {
  /** How much is done now, of the total where it is known, and at which speed. */
  at(done: number, total?: number, speed?: Speed): void
  end(): void
}

export type Output = {
  json: boolean
  /** A line for people; nothing with `--json`. */
  say(line: string): void
  /** A remark beside the result, on stderr; nothing with `--json`. */
  remark(line: string): void
  /** The result: as JSON with `--json`, otherwise the lines. */
  result(value: unknown, lines: string | string[]): void
  /** A bar on a terminal, and plain lines elsewhere. */
  progress(label: string, total: number): Progress
  /** A fault, on stderr. */
  fault(code: string, detail: string): void
}

export function openOutput(json: boolean): Output {
  const say = (line: string) => void (json || process.stdout.write(`${line}\n`))
  return {
    json,
    say,
    remark: (line) => void (json || process.stderr.write(`${line}\n`)),
    result: (value, lines) => {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
      else for (const line of [lines].flat()) say(line)
    },
    progress: (label, total) => (process.stderr.isTTY ? bar(label, total) : plain(label, total)),
    fault: (code, detail) => {
      const text = json ? JSON.stringify({ error: { code, detail } }) : `daily-papers: ${detail}`
      process.stderr.write(`${text}\n`)
    },
  }
}

function bar(label: string, total: number): Progress {
  const format = `${label} {bar} {percentage} % · {value} of {total}{speed}`
  const shown = new cliProgress.SingleBar({ format, hideCursor: true }, cliProgress.Presets.shades_classic)
  const speedOf = openSpeed()
  return {
    at: (done, newTotal = total, speed) => {
      if (shown.isActive) shown.setTotal(newTotal)
      else shown.start(newTotal, done, { speed: '' })
      shown.update(done, { speed: inWords(speed ?? speedOf(done, shown.getTotal())) })
    },
    end: () => shown.stop(),
  }
}

const linesApartMs = 5_000

/** A line at most every few seconds, so that a log stays readable; the last state is always told. */
function plain(label: string, total: number): Progress {
  let [told, toldAt, last, all] = ['', 0, 0, total]
  const speedOf = openSpeed()
  const tell = (speed = '') => {
    const text = `${label}: ${last} of ${all}`
    if (text !== told) process.stderr.write(`${text}${speed}\n`)
    told = text
    toldAt = Date.now()
  }
  return {
    at: (done, newTotal = all, speed = speedOf(done, newTotal)) => {
      ;[last, all] = [done, newTotal]
      if (Date.now() - toldAt > linesApartMs) tell(inWords(speed))
    },
    end: () => tell(),
  }
}

/** The speed since the beginning, for work that does not tell its own. */
function openSpeed(): (done: number, total: number) => Speed {
  const since = performance.now()
  return (done, total) => {
    const perSecond = (done * 1_000) / Math.max(1, performance.now() - since)
    return { perSecond, secondsLeft: perSecond > 0 ? (total - done) / perSecond : null }
  }
}

/** ` · 212/s · 1 min 20 s left`; empty while nothing is known. */
function inWords({ perSecond, secondsLeft }: Speed): string {
  const rate = perSecond > 0 ? ` · ${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s` : ''
  return secondsLeft ? `${rate} · ${timeInWords(Math.ceil(secondsLeft))} left` : rate
}

function timeInWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`
}

/** Columns side by side, as wide as their widest cell. */
export function table(head: string[], rows: (string | number | null)[][]): string[] {
  const cells = [head, ...rows.map((row) => row.map((cell) => String(cell ?? '–')))]
  const widths = head.map((_, i) => Math.max(...cells.map((row) => (row[i] ?? '').length)))
  return cells.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
