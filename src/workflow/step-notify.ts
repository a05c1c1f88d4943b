import { InputError } from '#kit/errors'
import { deliveryKey, sinkId, threadOf } from './delivery-key.ts'
import { LostRun } from './failure.ts'
import { messageOf, sinkOf } from './message.ts'
import { preliminaryResult } from './result.ts'
import { diagnosisOf, type Run, type SingleKind } from './run.ts'
import { scopeOf } from './scope.ts'
import { send } from './send.ts'
import type { WorkflowStep } from '#kinds/workflow'

const keyOf = ({ investigation }: Run, spec: WorkflowStep): { key: string; state: string } => {
  const state = `update/${investigation.id}/${spec.name}`
  return { key: deliveryKey(investigation, spec.notify!.sinkRef.name, state), state }
}

/** Tells a Sink how far the investigation is. The intent is committed under the investigation's epoch, then the message is sent. */
export const notifyStep: SingleKind = {
  async run(run, { spec, records, signal }) {
    const { parts, investigation, owner } = run
    const { sinkRef, message: template } = spec.notify!
    const sink = sinkOf(investigation, sinkRef.name)
    if (!sink) {
      throw new InputError(`there was no Sink ${investigation.namespace}/${sinkRef.name} when the investigation started`, {
        field: 'notify.sinkRef.name',
        remedy: 'Create the Sink, or name another one.',
      })
    }
    const { key, state } = keyOf(run, spec)
    const intent = await parts.runs.intendDelivery(owner, { key, sink: sinkId(investigation, sinkRef.name), state })
    if (!intent) {
      const before = await parts.runs.getDelivery(key)
      // Delivered by an execution that died before it could record its step.
      if (before?.status === 'delivered') return { delivered: true, url: before.receipt?.url ?? null }
      throw new LostRun()
    }
    const diagnosis = diagnosisOf(records)
    const result = diagnosis && preliminaryResult(diagnosis, investigation, records, investigation.startedAt ?? investigation.createdAt)
    const told = {
      state: 'update',
      result,
      outputs: {},
      scope: scopeOf(investigation.input, records),
      template: template ?? sink.spec.template,
    } as const
    const message = messageOf(parts, investigation, told)
    const receipt = await send(
      parts,
      { key, sink, thread: threadOf(investigation), epoch: owner.epoch, tries: intent.tries, message },
      signal,
    )
    return { delivered: true, url: receipt.url }
  },
  async onFailed(run, spec, failure) {
    const { key } = keyOf(run, spec)
    await run.parts.runs.recordFailedTry({ key, epoch: run.owner.epoch, error: failure.message, final: true })
  },
}
