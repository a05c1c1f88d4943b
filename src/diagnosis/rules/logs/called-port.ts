import { refOf, type KubeObject } from '#cluster'
import { editsOf } from '../../snapshot/edits.ts'
import { item, touches } from '../../snapshot/field-path.ts'
import type { Setting } from '../../snapshot/settings.ts'
import { placeOf, type Told } from './log-rule.ts'

/** The caller uses a port that the Service does not serve: one of the two was changed, or was always wrong. */
export function portUnknown(service: KubeObject, port: number, setting: Setting | undefined): Told | null {
  const ports: any[] = service.spec?.ports ?? []
  if (service.spec?.clusterIP === 'None') return headless(service, port, setting)
  if (ports.length === 0 || ports.some((p) => p.port === port)) return null
  const says = `it calls port ${port} of Service ${service.metadata.name}, which serves ${ports.map((p) => p.port).join(', ')}`
  const field = ports.length === 1 ? `${item('spec.ports', 'port', ports[0].port)}.port` : 'spec.ports'
  const inService = { object: refOf(service), field }
  const wasEdited = editsOf(service).some((e) => touches(e.field, 'spec.ports'))
  if (!setting || wasEdited)
    return {
      says,
      cause: inService,
      directness: wasEdited ? 0.85 : 0.6,
      alternatives: setting ? [{ ...placeOf(setting), summary: 'The caller names the wrong port' }] : [],
    }
  return {
    says,
    cause: placeOf(setting),
    directness: 0.87,
    alternatives: [{ ...inService, summary: `Service ${service.metadata.name} should serve port ${port}` }],
    tokens: [String(port), setting.value],
  }
}

/** A Service without an address of its own hands out its pods' addresses, and no port is translated. */
function headless(service: KubeObject, port: number, setting: Setting | undefined): Told | null {
  const entry = (service.spec?.ports ?? []).find((p: any) => p.port === port)
  const target = Number(entry?.targetPort ?? port)
  if (Number.isNaN(target) || target === port) return null
  const inService = { object: refOf(service), field: 'spec.clusterIP' }
  return {
    says: `it calls port ${port} of Service ${service.metadata.name}, which is headless: its pods are called directly, and listen on ${target}`,
    cause: setting ? placeOf(setting) : inService,
    directness: 0.72,
    alternatives: setting ? [{ ...inService, summary: 'With an address of its own the Service would translate the port' }] : [],
  }
}
