/** What columns of status, kind and outcome may hold: text with a CHECK in Postgres, unions here. */

/** By Prisma's names of models and fields; a test compares each list with the CHECK of its column. */
export const columnValues = {
  subscriber: {
    status: ['pending', 'active', 'unsubscribed', 'bounced', 'complained'],
    frequency: ['daily', 'weekdays', 'weekly'],
    detail: ['full', 'short', 'titles'],
  },
  token: { kind: ['confirm', 'change'] },
  suppression: { reason: ['bounced', 'complained', 'manual', 'erased'] },
  signupCount: {
    scope: ['alert', 'copy', 'operator', 'reader', 'network', 'site', 'domain', 'all', 'proof'],
  },
  interest: { kind: ['author', 'organisation', 'keyword', 'category', 'words', 'paper'] },
  feedback: { answer: ['more', 'less'] },
  event: {
    type: [
      'subscriber.confirmed',
      'subscriber.left',
      'subscriber.bounced',
      'subscriber.complained',
      'subscriber.restored',
      'edition.sent',
    ],
  },
  measuredHit: { verdict: ['person', 'likely', 'unknown', 'machine'] },
  eventSend: { status: ['due', 'taken', 'given_up'] },
  look: { outcome: ['ok', 'empty', 'failed'] },
  curation: { action: ['pin', 'hide', 'return'] },
  edition: {
    kind: ['daily', 'weekly'],
    status: [
      'empty',
      'thin',
      'failed',
      'draft',
      'held',
      'frozen',
      'sending',
      'mailing',
      'paused',
      'sent',
      'cancelled',
    ],
  },
  delivery: {
    kind: ['edition', 'confirmation', 'welcome', 'notice', 'alert', 'test'],
    status: [
      'due',
      'claimed',
      'deferred',
      'in_doubt',
      'accepted',
      'rejected',
      'expired',
      'left_out',
      'cancelled',
    ],
  },
  batch: { status: ['due', 'claimed', 'done', 'expired', 'cancelled'] },
  attempt: { outcome: ['accepted', 'deferred', 'rejected', 'in_doubt'] },
  inboundMail: {
    via: ['lmtp', 'smtp', 'imap', 'ses', 'sendgrid', 'mailgun', 'postmark', 'resend', 'brevo'],
    state: ['waiting', 'judged', 'unplaced', 'ignored'],
    kind: ['bounce', 'complaint', 'left', 'auto-reply', 'delayed', 'delivered', 'reply', 'unknown', 'call'],
  },
  verdict: {
    kind: ['bounce', 'complaint', 'left'],
    class: ['hard', 'soft', 'ours', 'policy'],
    effect: ['none', 'counted', 'probed', 'bounced', 'complained', 'left', 'told'],
    statusBefore: ['pending', 'active', 'unsubscribed', 'bounced', 'complained'],
  },
  importRun: { status: ['running', 'done', 'failed', 'interrupted'] },
  alertSend: { status: ['due', 'taken', 'given_up', 'mailed'] },
  throttle: { scope: ['overall', 'domain', 'relay'] },
} as const

type Values = typeof columnValues
export type ModelWithUnions = keyof Values

/** The union of one column: `ColumnValue<'edition', 'status'>`. */
export type ColumnValue<
  M extends ModelWithUnions,
  F extends keyof Values[M],
> = Values[M][F] extends readonly (infer V)[] ? V : never

/** A row whose union columns have their unions; a column that may be null stays so. */
export type Narrowed<M extends ModelWithUnions, R> = {
  [F in keyof R]: F extends keyof Values[M] ? ColumnValue<M, F> | Extract<R[F], null> : R[F]
}

/**
 * Reads what a model returned, whole or in part, so that its columns of status, kind and outcome have their unions.
 * @throws Error for a value that this version does not know, such as one that a newer version wrote
 */
export function narrow<M extends ModelWithUnions, R extends object>(model: M, row: R): Narrowed<M, R> {
  for (const [field, allowed] of Object.entries<readonly string[]>(columnValues[model])) {
    const value = (row as Record<string, unknown>)[field]
    if (value === undefined || value === null || allowed.includes(value as string)) continue
    throw new Error(`${model}.${field} holds ${JSON.stringify(value)}, which this version does not know`)
  }
  return row as Narrowed<M, R>
}
