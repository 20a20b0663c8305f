/** What readers do, each step in a transaction of its own, as the pages take it. */
import type { Services } from '../../src/services.js'
import type { Evidence } from '../../src/subscribers/evidence.js'
import * as leaving from '../../src/subscribers/leaving/leave.js'
import * as preferences from '../../src/subscribers/preferences/preferences.js'
import * as confirming from '../../src/subscribers/signup/confirm.js'

type StepServices = Pick<Services, 'db' | 'clock' | 'secrets'>

export const confirm = (services: StepServices, token: string, evidence: Evidence) =>
  services.db.transaction('request', (tx) => confirming.confirm(tx, services, token, evidence))

export const unsubscribe = ({ db, clock }: StepServices, id: number, evidence: Evidence) =>
  db.transaction('request', (tx) => leaving.unsubscribe(tx, clock, id, evidence))

export const resubscribe = ({ db, clock }: StepServices, id: number, evidence: Evidence) =>
  db.transaction('request', (tx) => leaving.resubscribe(tx, clock, id, evidence))

export const savePreferences = (
  { db, clock }: StepServices,
  id: number,
  wanted: preferences.Preferences,
  evidence: Evidence,
) => db.transaction('request', (tx) => preferences.savePreferences(tx, clock, id, wanted, evidence))
