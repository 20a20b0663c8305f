/** From which statuses each verb takes an edition, to which one, and what else must be true of it. */
import type { EditionStatus } from './edition.js'

/** What a status becomes where it depends on the row. */
type Target =
  | EditionStatus
  | 'as it was'
  /** An edition whose mail has been owed goes on with it; another one waits for its time. */
  | 'on its way'
  /** What an operator holds stays held. */
  | 'held or draft'
  /** What was sent has mail to send again. */
  | 'open again'

export type Transition = {
  from: readonly EditionStatus[]
  to: Target
  /** What else must be true of the row. */
  when?: {
    owed?: boolean
    frozen?: boolean
    papers?: true
    /** No mail of the canary is left to be claimed. */
    canaryOut?: true
    /** Nobody else has the row: whoever comes second does not wait. */
    free?: true
  }
  /** Completes "The edition is sent and cannot be …". */
  done: string
}

const unbuilt = ['empty', 'thin', 'failed', 'draft', 'held'] as const

export const transitions = {
  /** Papers were chosen. What an operator holds stays held, for the reason it was held. */
  draft: {
    from: unbuilt,
    to: 'held or draft',
    done: 'built',
  },
  /** No papers were listed, too few, or the source failed. */
  empty: { from: unbuilt, to: 'empty', done: 'built' },
  thin: { from: unbuilt, to: 'thin', done: 'built' },
  failed: { from: unbuilt, to: 'failed', done: 'built' },
  hold: {
    from: ['draft', 'frozen', 'held'],
    to: 'held',
    when: { owed: false, papers: true },
    done: 'held',
  },
  freeze: { from: ['draft', 'held'], to: 'frozen', when: { frozen: false }, done: 'frozen' },
  /** Lets a frozen edition go that was held. */
  release: { from: ['held'], to: 'on its way', when: { frozen: true }, done: 'approved' },
  /** Sets another time; the status stays. */
  schedule: {
    from: ['draft', 'held', 'frozen'],
    to: 'as it was',
    when: { owed: false },
    done: 'scheduled',
  },
  /** Whoever comes second finds the row locked and does not wait. */
  fanOut: {
    from: ['frozen'],
    to: 'sending',
    when: { owed: false, free: true },
    done: 'sent',
  },
  /** Too many of the first mails were refused. */
  holdCanary: { from: ['sending'], to: 'held', when: { canaryOut: true }, done: 'held' },
  pause: { from: ['frozen', 'sending'], to: 'paused', done: 'paused' },
  /** Goes on where it stopped. A held edition is approved by it. */
  resume: { from: ['paused', 'held'], to: 'on its way', when: { frozen: true }, done: 'resumed' },
  /** For good: every row that did not go out ends as `cancelled`. */
  cancel: { from: ['draft', 'held', 'frozen', 'sending', 'paused'], to: 'cancelled', done: 'cancelled' },
  finish: { from: ['sending'], to: 'sent', when: { owed: true }, done: 'finished' },
  /** Some of its deliveries are tried again. */
  retry: {
    from: ['sending', 'paused', 'sent'],
    to: 'open again',
    done: 'tried again',
  },
} satisfies Record<string, Transition>

export type EditionVerb = keyof typeof transitions
