import { guessResource, resourceName, RESOURCES } from '../resources.ts'
import type { ResourceInfo } from '../reader.ts'

/**
 * What a file of a bundle is, told by its path alone. Known layouts:
 *
 * - troubleshoot.sh: `cluster-resources/<kinds>/<namespace>.json`, `cluster-resources/<kinds>.json` for cluster-scoped ones,
 *   `cluster-resources/custom-resources/<plural>.<group>[/<namespace>].yaml|json`, `cluster-resources/pods/logs/<ns>/<pod>/<container>.log`,
 *   `secrets/<ns>/<name>[/<key>].json` and `configmaps/…` of the collectors of one object;
 * - everything else (`kubectl cluster-info dump`, `oc adm must-gather`, a folder of `kubectl get -o yaml`): each JSON and YAML file is
 *   looked into, and only what says `apiVersion` and `kind` counts. Logs are found by their names (logs.ts).
 */
export type Role =
  /** `type` null: the objects say what they are. `lazy`: parsed when first asked for. */
  | { role: 'objects'; type: ResourceInfo | null; namespace: string | null; lazy: boolean }
  /** One Secret or ConfigMap by a collector of its own. */
  | { role: 'single'; kind: 'Secret' | 'ConfigMap'; namespace: string; name: string }
  /** What could not be recorded, and why; `about` null: the file says of what. */
  | { role: 'errors'; about: string | null }
  | { role: 'version' }
  | { role: 'log' }
  | { role: 'none' }

/** Folder and file names of troubleshoot.sh that are not the plural of the API, dashes aside. Source: its pkg/constants/constants.go. */
const TROUBLESHOOT_NAMES: Record<string, string> = {
  ingress: 'ingresses',
  'network-policy': 'networkpolicies',
  'resource-quota': 'resourcequotas',
  pvs: 'persistentvolumes',
  pvcs: 'persistentvolumeclaims',
  hpas: 'horizontalpodautoscalers',
}

/** Its names with dashes, which are read without a table. */
const DASHED = ['pod-disruption-budgets', 'storage-classes', 'custom-resource-definitions']

const FOLDERS = new Map([
  ...Object.entries(TROUBLESHOOT_NAMES).map(([folder, plural]) => [plural, folder] as const),
  ...DASHED.map((folder) => [folder.replaceAll('-', ''), folder] as const),
])

/** Where troubleshoot.sh keeps a type below `cluster-resources`. */
export function folderOf(type: ResourceInfo): string {
  if (!RESOURCES.includes(type)) return `custom-resources/${resourceName(type)}`
  return FOLDERS.get(type.plural) ?? type.plural
}

/** Large, and of no use to most questions. */
const LAZY = new Set(['CustomResourceDefinition', 'ControllerRevision'])
const NOTHING: Role = { role: 'none' }

/** How the paths of a bundle are to be read; `troubleshoot` when any file lies in a `cluster-resources` folder. */
export function layoutOf(paths: readonly string[]): (path: string) => Role {
  return paths.some(isClusterResource) ? troubleshootRole : genericRole
}

/** A file of troubleshoot.sh's own collector of everything; its name says what it lists. */
export const isClusterResource = (path: string): boolean => /(^|\/)cluster-resources\//.test(path)

function genericRole(path: string): Role {
  if (/\.(log|txt)$/i.test(path)) return { role: 'log' }
  const file = path.slice(path.lastIndexOf('/') + 1)
  // `kubectl get -o json` of no objects says only `kind: List`: then the name of the file tells which kind there is none of.
  return { role: 'objects', type: byPlural(file.replace(/\.\w+$/, '')), namespace: null, lazy: false }
}

function troubleshootRole(path: string): Role {
  if (/\.(log|txt)$/i.test(path)) return { role: 'log' }
  const [, inside] = /(?:^|\/)cluster-resources\/(.*)$/.exec(path) ?? []
  if (inside !== undefined) return clusterResource(inside.split('/'))
  if (/(^|\/)cluster-info\/cluster_version\.json$/.test(path)) return { role: 'version' }
  if (/(^|\/)collector-errors\.json$/.test(path)) return { role: 'errors', about: null }
  const [, folder, namespace, name] = /(?:^|\/)(secrets|configmaps)\/([^/]+)\/([^/]+?)(?:\/[^/]+)?\.json$/.exec(path) ?? []
  if (folder && namespace && name) return { role: 'single', kind: folder === 'secrets' ? 'Secret' : 'ConfigMap', namespace, name }
  return NOTHING
}

function clusterResource(parts: string[]): Role {
  const last = parts.at(-1)!.replace(/\.(json|ya?ml)$/i, '')
  const folder = parts.length > 1 ? parts[0]! : last
  if (parts.length === 1 && last.endsWith('-errors')) return { role: 'errors', about: last.slice(0, -'-errors'.length) }
  if (['auth-cani-list', 'groups', 'resources'].includes(folder)) return NOTHING
  if (folder === 'image-pull-secrets') {
    return parts.length === 3 ? { role: 'single', kind: 'Secret', namespace: parts[1]!, name: last } : NOTHING
  }
  if (folder === 'custom-resources') return customResource(parts)
  const type = byPlural(TROUBLESHOOT_NAMES[folder] ?? folder.replaceAll('-', ''))
  if (!type || parts.length > 2) return NOTHING
  return { role: 'objects', type, namespace: parts.length === 2 ? last : null, lazy: LAZY.has(type.kind) }
}

/** `custom-resources/volumes.longhorn.io/longhorn-system.yaml`: version and kind are in the objects, or in the CRD. */
function customResource(parts: string[]): Role {
  const name = (parts[1] ?? '').replace(/\.(json|ya?ml)$/i, '')
  const [plural = '', ...group] = name.split('.')
  if (group.length === 0 || parts.length > 3) return NOTHING
  const namespace = parts.length === 3 ? parts[2]!.replace(/\.(json|ya?ml)$/i, '') : null
  const type = RESOURCES.find((r) => resourceName(r) === name) ?? guessResource(`${group.join('.')}/`, '', namespace !== null, plural)
  return { role: 'objects', type, namespace, lazy: true }
}

function byPlural(name: string): ResourceInfo | null {
  const plural = name.toLowerCase()
  return RESOURCES.find((resource) => resource.plural === plural || resourceName(resource) === plural) ?? null
}
