/** What commands print: results on stdout, as text or as JSON; progress on stderr. */
import cliProgress from 'cli-progress'

type Progress = {
  /** How much is done now, of the total where it is known. */
  at(done: number, total?: number): void
  end(): void
}

export type Output = {
  json: boolean
  /** A line for people; nothing with `--json`. */
  say(line: string): void
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
  const format = `${label} {bar} {percentage} % · {value} of {total} · {eta_formatted} left`
  const shown = new cliProgress.SingleBar({ format, hideCursor: true }, cliProgress.Presets.shades_classic)
  shown.start(total, 0)
  return {
    at: (done, newTotal) => {
      if (newTotal !== undefined) shown.setTotal(newTotal)
      shown.update(done)
    },
    end: () => shown.stop(),
  }
}

const linesApartMs = 5_000

/** A line at most every few seconds, so that a log stays readable; the last state is always told. */
function plain(label: string, total: number): Progress {
  let [told, toldAt, last, all] = ['', 0, 0, total]
  const tell = () => {
    const text = `${label}: ${last} of ${all}\n`
    if (text !== told) process.stderr.write(text)
    told = text
    toldAt = Date.now()
  }
  return {
    at: (done, newTotal = all) => {
      ;[last, all] = [done, newTotal]
      if (Date.now() - toldAt > linesApartMs) tell()
    },
    end: tell,
  }
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
