/** How far a send is, as the desk shows it while it runs. */
import type { Db } from '../../../db/client.js'
import type { EditionReport } from '../../../deliveries/reports/report.js'
import type { Edition } from '../../../editions/store.js'
import { timing } from '../../../operations/editions/find.js'
import { type SendProgress, sendProgress } from '../../../operations/editions/progress.js'
import { number, span, time } from './readable.js'

/** Of an edition that goes out, is paused, or waits for a worker; null of others. */
export async function progressOf(
  db: Db,
  edition: Edition,
  now: Date,
  counted?: EditionReport['byStatus'],
): Promise<SendProgress | null> {
  const due = edition.status === 'frozen' && timing(edition, now) === 'due'
  if (edition.status !== 'sending' && edition.status !== 'paused' && !due) return null
  return sendProgress(db, edition, now, counted)
}

/** `12 of 40 settled · 11 accepted · 3 a second · 9 s left`. */
export function inProgress(progress: SendProgress, now: Date): string {
  const { status, owed, settled, accepted } = progress
  if (owed === 0) return 'No worker has taken it up yet.'
  const parts = [`${number(settled)} of ${number(owed)} settled`, `${number(accepted)} accepted`]
  if (status === 'sending' && settled < owed) parts.push(...pace(progress, now))
  return parts.join(' · ')
}

function pace({ perSecond, secondsLeft, nextDueAt, held }: SendProgress, now: Date): string[] {
  const wait = held > 0 ? [`${number(held)} in doubt, held for you`] : []
  const seconds = nextDueAt ? (nextDueAt.getTime() - now.getTime()) / 1000 : null
  if (seconds !== null && seconds > 0) {
    return [...wait, `the next try is at ${time(nextDueAt)} UTC, in ${span(Math.ceil(seconds))}`]
  }
  if (seconds === null) return wait
  if (perSecond < 0.05) return [...wait, 'no worker sends at the moment']
  const speed = number(perSecond < 10 ? Number(perSecond.toFixed(1)) : Math.round(perSecond))
  const left = secondsLeft === null ? [] : [`${span(Math.ceil(secondsLeft))} left`]
  return [...wait, `${speed} a second`, ...left]
}
