import type { Alert } from '#alert'
import type { ObjectRef } from '#kinds/result'
import type { Phase } from '../runs/types.ts'

/** What an investigation shows in the cluster, and the object that it has there. */
export interface ShownInvestigation {
  id: string
  /** Raised by every change that people can see. */
  revision: number
  /** Since the cluster was last shown it. */
  changed: boolean
  incidentId: string | null
  namespace: string
  name: string
  workflow: string
  /** namespace/name; null when a person asked. */
  source: string | null
  phase: Phase
  reason: string | null
  message: string | null
  createdAt: Date
  startedAt: Date | null
  completedAt: Date | null
  target: ObjectRef | null
  params: Readonly<Record<string, string>>
  /** The first one. */
  alert: Alert | null
  /** The root cause in one sentence. */
  rootCause: string | null
  /** 0 … 1 */
  confidence: number | null
  /** US dollars. */
  costUSD: number | null
  /** null: none was made yet. */
  object: (ObjectName & { told: Phase | null; gone: boolean }) | null
}

/** An object as the API server knows it. */
export interface ObjectName {
  uid: string
  namespace: string
  name: string
}

/** An object that belongs to an investigation, or did. */
export interface KnownObject extends ObjectName {
  /** null: retention has deleted it. */
  investigationId: string | null
  gone: boolean
}
