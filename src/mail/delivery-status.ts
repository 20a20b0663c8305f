/** The states of a mail that is owed. They stand below everybody who owes or sends one. */
import { columnValues } from '../db/queries/columns.js'

/** From these a delivery may be claimed; `in_doubt` with no due time is held for a human. */
export const openStatuses = ['due', 'deferred', 'in_doubt'] as const satisfies readonly DeliveryStatus[]
export type OpenStatus = (typeof openStatuses)[number]

export const finalStatuses = [
  'accepted',
  'rejected',
  'expired',
  'left_out',
  'cancelled',
] as const satisfies readonly DeliveryStatus[]

export const deliveryStatuses = columnValues.delivery.status
export type DeliveryStatus = (typeof deliveryStatuses)[number]

/** What became of a mail, as figures show it: what was given up, whoever gave it up, what was not to be sent. */
export const fates = {
  deferred: ['deferred', 'in_doubt'],
  rejected: ['rejected', 'expired'],
  leftOut: ['left_out', 'cancelled'],
} as const satisfies Record<string, readonly DeliveryStatus[]>
