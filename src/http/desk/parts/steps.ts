/** An edition with what comes next, and with what approving it would lead to. */
import type { Edition } from '../../../editions/store.js'
import { nextStep, onceApproved } from '../../../operations/editions/find.js'

export const withSteps = (edition: Edition, now: Date) => ({
  ...edition,
  next: nextStep(edition, now),
  approved: onceApproved(edition, now),
})
